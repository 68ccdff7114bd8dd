import type { Logger } from 'pino';
import { Access } from './access/access.js';
import { PROJECT_CALLER } from './access/caller.js';
import { Api } from './api/api.js';
import { ApiError, errorBody, internalError } from './api/errors.js';
import { RememberingViews } from './api/render/remembering-views.js';
import { isShown } from './api/render/views.js';
import { parseBody, parseTarget } from './api/request.js';
import { Lifecycles } from './lifecycle/lifecycles.js';
import { placeHosts, setAgentState } from './model/hosts.js';
import type { ContainerRecord, HostRecord, ServiceRecord, StackRecord } from './model/records.js';
import { ServiceLogs } from './model/service-logs.js';
import type { Pace } from './pace.js';
import type { Runtime } from './runtime/runtime.js';
import { Store } from './store/store.js';
import { StreamAccess } from './streams/stream-access.js';
import { changeFrame } from './subscribe/frames.js';

export interface EmbeddedRancherOptions {
  runtime: Runtime;
  pace: Pace;
  /** How many hosts there are at first. */
  hosts: number;
  logger: Logger;
}

export interface EmbeddedRequest {
  method: string;
  /** Path and query: `/v2-beta/projects/1a5/services?limit=100`. */
  path: string;
  /** JSON. */
  body?: string | undefined;
}

/** The objects as they are, removed ones included. */
export interface EmbeddedRecords {
  stacks(): Iterable<StackRecord>;
  services(): Iterable<ServiceRecord>;
  containers(): Iterable<ContainerRecord>;
  hosts(): Iterable<HostRecord>;
}

/** A Rancher inside the process, without network and disk: for simulations, where the caller owns time and what gets lost on the way. */
export interface EmbeddedRancher {
  /** Answers at once, as the API of a Rancher does to a key of the project. */
  ask(request: EmbeddedRequest): { status: number; text: string };
  /** Tells of each change, as it happens: of which object, and how to make the frame of `subscribe` that shows it. Answers how to end that. */
  subscribe(onChange: (object: string, frame: () => string) => void): () => void;
  records: EmbeddedRecords;
  /** @throws Error where there is no such host */
  setHostConnected(hostId: string, isConnected: boolean): void;
  /** Nothing changes by itself from now on. */
  close(): void;
}

const ORIGIN = { protocol: 'http', host: 'rancher' };
const SCOPE = { base: 'http://rancher/v2-beta/projects/1a5', version: 'v2-beta' } as const;

const toApiError = (error: unknown, logger: Logger): ApiError => {
  if (error instanceof ApiError) return error;
  logger.error({ err: error }, 'a request failed');
  return internalError();
};

const answerOf = (api: Api, views: RememberingViews, { method, path, body = '' }: EmbeddedRequest) => {
  const [pathname = '', search = ''] = path.split('?');
  const { status, body: answer } = api.answer({
    method,
    target: parseTarget(pathname, ORIGIN),
    caller: PROJECT_CALLER,
    query: new URLSearchParams(search),
    readBody: () => parseBody(body, 'application/json'),
  });
  return { status, text: views.jsonOf(answer) };
};

export const createEmbeddedRancher = ({ runtime, pace, hosts, logger }: EmbeddedRancherOptions): EmbeddedRancher => {
  const store = Store.inMemory();
  placeHosts(store, hosts);
  const views = new RememberingViews({
    store,
    serviceLogs: new ServiceLogs(store),
    streams: new StreamAccess(false),
    pace,
  });
  const api = new Api({ store, views, access: new Access(store), pace });
  const lifecycles = new Lifecycles({ store, runtime, pace, logger });
  lifecycles.start(new Map());
  return {
    ask: (request) => {
      try {
        return answerOf(api, views, request);
      } catch (error) {
        const known = toApiError(error, logger);
        return { status: known.status, text: JSON.stringify(errorBody(known)) };
      }
    },
    subscribe: (onChange) =>
      store.onChange((changed) => {
        for (const record of changed.filter(isShown))
          onChange(`${record.kind}/${record.id}`, () => changeFrame(record, views.any(record, SCOPE)));
      }),
    records: {
      stacks: () => store.stacks.values(),
      services: () => store.services.values(),
      containers: () => store.containers.values(),
      hosts: () => store.hosts.values(),
    },
    setHostConnected: (hostId, isConnected) => setAgentState(store, hostId, isConnected ? null : 'disconnected'),
    close: () => lifecycles.close(),
  };
};
