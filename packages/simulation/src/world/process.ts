import { randomUUID } from 'node:crypto';
import { type Controller, startController } from '@mooring/controller';
import { recordWish } from '@mooring/http-front';
import { RancherClient } from '@mooring/rancher-client';
import { type Draft, openCache, type Session, type Store, UseLog } from '@mooring/resources';
import type { Logger } from 'pino';
import { Registry } from 'prom-client';
import { ComparesNothing, ForgetsClaims, type StoreClass } from '../defects/defective-store.js';
import type { Defect } from '../defects/names.js';
import type { Site } from '../idle/site.js';
import { type Askers, ENTRY_POINT } from './askers.js';
import { GuardedStore } from './guarded-store.js';
import type { Life } from './life.js';
import type { Network } from './network.js';
import type { Process } from './running.js';
import type { Stream } from './stream.js';

export const TEMPLATE = 'narrative';
const FRONT = 'http://front.site';
/** Few enough that some always wait for their turn. */
const MAX_STARTS = 4;

export interface ProcessOptions {
  name: string;
  life: Life;
  store: Store;
  network: Network;
  stream: Stream;
  askers: Askers;
  /** Finds the stack; who asks may be gone when it is found. */
  locate: () => string;
  now: () => number;
  templates: readonly Draft<'SessionTemplate'>[];
  pools: readonly Draft<'WarmPool'>[];
  logger: Logger;
  onWrite: (what: string) => void;
  /** What is wrong with this Mooring. */
  defect?: Defect | undefined;
  /** Who tells whether sessions are used, and looks at what is ended; without it nothing is ever idle. */
  site?: Site | undefined;
}

/** Resolves when the controller has started; the place is found a moment later. */
export async function startProcess(options: ProcessOptions): Promise<Process> {
  const { life, network, stream, askers, logger } = options;
  const store = new (storeClass(options.defect))(options.store, life, options.onWrite);
  const sessions = openCache(store, 'Session');
  const templates = openCache(store, 'SessionTemplate');
  const pools = openCache(store, 'WarmPool');
  await Promise.all([sessions.ready(), templates.ready(), pools.ready()]);
  for (const draft of options.templates) await put(store, 'SessionTemplate', draft);
  for (const draft of options.pools) await put(store, 'WarmPool', draft);
  const registry = new Registry();
  const uses = new UseLog();
  const controller = await startController({
    ...{ store: options.site?.storeFor(options.store, life, options.onWrite) ?? store, sessions, templates, pools, registry, logger },
    ...options.site?.activityFor({ life, uses, now: options.now, log: logger }),
    routing: { entryPointUrl: ENTRY_POINT, entryPoint: 'web', fallbackUrl: FRONT, frontPaths: ['/narrative*'], hosts: [], mode: 'http' },
    clock: { now: options.now, after: (delayMs, callback) => timer(delayMs, callback) },
    maxStarts: MAX_STARTS,
    askers: { routes: askers.routesFor(life), versions: askers.versionsFor(life) },
  });
  const rancher = new RancherClient({
    url: 'http://rancher/v2-beta',
    deadlineMs: 60_000,
    requester: network.requesterFor(life),
    connect: stream.connectFor(life),
  });
  follow(controller, rancher, options);
  const settings = {
    sessionCookie: 'narrative_session',
    kbaseCookie: 'kbase_session',
    containerName: 'narrative-{}',
    templateName: TEMPLATE,
  };
  return {
    ...{ life, registry, store },
    routeDocument: () => (life.isAlive ? controller.routeDocument() : undefined),
    resync: () => void controller.resync(),
    bury: () => void controller.stop().catch(() => undefined),
    wish: withAcknowledgement(options.defect, (user) =>
      recordWish({ user, ip: '192.0.2.1' }, { store, sessions, templates, settings, uses, now: options.now }),
    ),
  };
}

const storeClass = (defect: Defect | undefined): StoreClass => {
  if (defect === 'claim-without-compare') return ComparesNothing;
  return defect === 'unclaimed-claimed' ? ForgetsClaims : GuardedStore;
};

/** Somebody is told that it is recorded a moment before it is. */
const EARLY_MS = 2000;

function withAcknowledgement(defect: Defect | undefined, wish: Process['wish']): Process['wish'] {
  if (defect !== 'acknowledged-before-written') return wish;
  return async (user) => {
    setTimeout(() => void wish(user).catch(() => undefined), EARLY_MS);
    return { session: { metadata: { uid: randomUUID() }, spec: { owner: { name: user } } } as Session, secret: '' };
  };
}

const LOCATE_MS = 2000;

/** The stack is looked for at the start, and again when Rancher refuses to create in it. */
function follow(controller: Controller, rancher: RancherClient, { life, locate }: ProcessOptions): void {
  let current: string | undefined;
  const look = (): void => {
    const stackId = locate();
    if (!life.isAlive || stackId === current) return;
    current = stackId;
    controller.converge({ rancher: rancher.project('1a5'), stackId, onStackRefused: () => void setTimeout(look, LOCATE_MS) });
  };
  setTimeout(look, LOCATE_MS);
}

function timer(delayMs: number, callback: () => void) {
  const handle = setTimeout(callback, Math.min(Math.max(Math.ceil(delayMs), 0), 2 ** 31 - 1));
  return { cancel: () => clearTimeout(handle) };
}

type Configured = 'SessionTemplate' | 'WarmPool';

async function put<K extends Configured>(store: Store, kind: K, draft: Draft<K>): Promise<void> {
  if ((await store.get(kind, draft.metadata.name)) === undefined) await store.create(kind, draft);
}
