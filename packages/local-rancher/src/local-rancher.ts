import { mkdir } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import type { FastifyInstance } from 'fastify';
import type { Logger } from 'pino';
import { Access } from './access/access.js';
import { Views } from './api/render/views.js';
import { buildApiServer } from './api/server.js';
import { Lifecycles } from './lifecycle/lifecycles.js';
import { buildMetadataServer } from './metadata/server.js';
import { placeHosts, setAgentState } from './model/hosts.js';
import { ServiceLogs } from './model/service-logs.js';
import { type Pace, type PaceName, paceNamed } from './pace.js';
import type { Runtime } from './runtime/runtime.js';
import { Store } from './store/store.js';
import { Streams } from './streams/serve.js';
import { StreamAccess } from './streams/stream-access.js';
import { serveSubscriptions } from './subscribe/upgrade.js';

export interface LocalRancherOptions {
  /** Where its state is kept; created where it isn't there. */
  dataDir: string;
  /** 127.0.0.1 by default. Anybody who reaches it can start processes, until authentication is switched on. */
  host?: string;
  /** Of the API; 0 takes a free one. */
  port: number;
  /** Of the metadata service; 0 takes a free one. */
  metadataPort: number;
  /** `fast` by default; or one made by `recordedPace`. */
  pace?: PaceName | Pace;
  /** Milliseconds that each answer of the API takes at least, as those of a busy server do; 0 by default. */
  answerMs?: number;
  /** How many hosts a new folder begins with; 1 by default. All are this machine. */
  hosts?: number;
  /** Whether logs, shells and statistics are streamed; true by default. Without it they are 501, as where Rancher's host.api.proxy.mode is off. */
  hostProxy?: boolean;
  runtime: Runtime;
  /** The stack that the metadata service's `self` speaks of: `mooring` by default. */
  selfStack?: string;
  logger: Logger;
}

export interface LocalRancher {
  /** e.g. `http://127.0.0.1:8081/v2-beta` */
  url: string;
  metadataUrl: string;
  /**
   * The agent of a host goes away or comes back. While it is away the host takes no new containers.
   * @throws Error where there is no such host
   */
  setHostConnected(hostId: string, isConnected: boolean): void;
  /** Stops serving, then the runtime with all containers. May be called again. */
  close(): Promise<void>;
}

const listen = async (app: FastifyInstance, host: string, port: number): Promise<string> => {
  await app.listen({ host, port });
  const address = app.server.address() as AddressInfo;
  return `http://${host}:${address.port}`;
};

interface Parts {
  servers: readonly FastifyInstance[];
  endSubscriptions: () => void;
  lifecycles: Lifecycles;
  runtime: Runtime;
  store: Store;
}

const closeAll = async ({ servers, endSubscriptions, lifecycles, runtime, store }: Parts): Promise<void> => {
  lifecycles.close();
  endSubscriptions();
  await Promise.all(servers.map((server) => server.close()));
  await runtime.close();
  await store.close();
};

/**
 * Starts a single-host Rancher 1.6. What ran when it last ended is found stopped, as after a reboot of the host, where the runtime
 * doesn't find it running;
 * services start theirs again, but for containers that are to be started once.
 * @throws where the state can't be read or a port is taken
 */
export const startLocalRancher = async (options: LocalRancherOptions): Promise<LocalRancher> => {
  const { dataDir, host = '127.0.0.1', runtime, logger } = options;
  const pace = typeof options.pace === 'object' ? options.pace : paceNamed(options.pace ?? 'fast');
  await mkdir(dataDir, { recursive: true, mode: 0o700 });
  const store = await Store.open(dataDir, logger);
  placeHosts(store, options.hosts ?? 1);
  const access = new Access(store);
  const streams = new StreamAccess(options.hostProxy ?? true);
  const views = new Views({
    store,
    serviceLogs: new ServiceLogs(store),
    streams,
    pace,
  });
  const api = buildApiServer({ store, views, access, pace, logger, answerMs: options.answerMs });
  const metadata = buildMetadataServer({ store, selfStack: options.selfStack ?? 'mooring' });
  const endSubscriptions = serveSubscriptions(api.server, {
    ...{ store, views, access, batchMs: pace.batchMs, pingMs: pace.pingMs },
    streams: new Streams({ store, runtime, streams, logger }),
  });
  const lifecycles = new Lifecycles({ store, runtime, pace, logger });
  let closing: Promise<void> | undefined;
  const close = (): Promise<void> => {
    closing ??= closeAll({ servers: [api, metadata], endSubscriptions, lifecycles, runtime, store });
    return closing;
  };
  try {
    const known = store.containers.all().filter(({ state }) => state !== 'removed');
    lifecycles.start(await runtime.recover(new Set(known.map(({ uuid }) => uuid))));
    const root = await listen(api, host, options.port);
    const metadataUrl = await listen(metadata, host, options.metadataPort);
    const setHostConnected = (hostId: string, isConnected: boolean): void =>
      setAgentState(store, hostId, isConnected ? null : 'disconnected');
    return { url: `${root}/v2-beta`, metadataUrl, setHostConnected, close };
  } catch (error) {
    await close();
    throw error;
  }
};
