import {
  createMemoryStore,
  type Draft,
  type ObjectCache,
  openCache,
  POOL_LABEL,
  POOL_OWNER,
  type Session,
  type Store,
  UseLog,
} from '@mooring/resources';
import type { FastifyInstance, InjectOptions, LightMyRequestResponse } from 'fastify';
import { Registry } from 'prom-client';
import { type ApiPartsOptions, openApiParts } from '../../../src/api/parts.js';
import { buildFront, type FrontOptions, type IdentityProvider } from '../../../src/index.js';
import { memoryLogger } from '../../support/front.js';

export const NOW = Date.parse('2030-01-02T03:04:05.678Z');
const ROLE = 'KBASE_ADMIN';
export const SECRET = 'SERVICE-TOKEN-VALUE';

/** Tokens are the users' names with `token-` before them; root is an administrator. */
const identity: IdentityProvider = {
  kind: 'auth2',
  async identify(token) {
    if (!token.startsWith('token-')) return undefined;
    const user = token.slice(6);
    return { user, roles: user === 'root' ? [ROLE] : [] };
  },
};

export interface ApiFront {
  app: FastifyInstance;
  store: Store;
  sessions: ObjectCache<'Session'>;
  logs: () => string;
  uses: UseLog;
  /** The clock, in ms since the epoch; to be moved. */
  clock: { now: number };
  /** A request by somebody, as a program sends it; by nobody where `user` is undefined. */
  ask(user: string | undefined, url: string, options?: InjectOptions): Promise<LightMyRequestResponse>;
  /** Creates a session, and waits until the cache has it. */
  add(name: string, more?: Partial<Draft<'Session'>['spec']> & { pool?: string }): Promise<Session>;
  /** Writes spec, metadata or status behind the front's back, and waits until the cache has it. */
  change(name: string, change: (session: Session) => void): Promise<Session>;
  /** Waits until the caches have what was written. */
  settled(): Promise<void>;
  close(): Promise<void>;
}

export type ApiFrontOptions = Partial<Omit<FrontOptions, 'api'>> & { api?: Partial<ApiPartsOptions> };

export async function apiFront({ api, settings, ...options }: ApiFrontOptions = {}): Promise<ApiFront> {
  const clock = { now: NOW };
  const store = createMemoryStore({ now: () => new Date(clock.now) });
  await store.create('SessionTemplate', {
    metadata: { name: 'narrative' },
    spec: { image: { name: 'mooring/demo', tag: '1' }, launch: { env: { SERVICE_TOKEN: SECRET } }, route: { type: 'cookie' } },
  });
  await store.create('WarmPool', { metadata: { name: 'narrative' }, spec: { templateRef: { name: 'narrative' }, replicas: 2 } });
  const [sessions, templates, pools] = [
    openCache(store, 'Session'),
    openCache(store, 'SessionTemplate'),
    openCache(store, 'WarmPool'),
  ] as const;
  await Promise.all([sessions.ready(), templates.ready(), pools.ready()]);
  const { logger, logs } = memoryLogger();
  const uses = new UseLog();
  const registry = new Registry();
  const app = await buildFront({
    store,
    sessions,
    templates,
    identity,
    uses,
    now: () => clock.now,
    registry,
    logger,
    about: { version: '1.2.3', commit: 'abc' },
    ...options,
    settings: {
      sessionCookie: 'narrative_session',
      kbaseCookie: 'kbase_session',
      containerName: 'narrative-{}',
      templateName: 'narrative',
      statusRole: ROLE,
      ...settings,
    },
    api: await openApiParts({
      sessions,
      templates,
      pools,
      explain: async () => undefined,
      tail: async () => undefined,
      now: () => clock.now,
      registry,
      logger,
      ...api,
    }),
  });
  const at = async (version: string): Promise<void> => {
    for (const end = Date.now() + 5_000; Number(sessions.resourceVersion) < Number(version); ) {
      if (Date.now() > end) throw new Error(`the cache is still at ${sessions.resourceVersion}, not at ${version}`);
      await new Promise((resolve) => setImmediate(resolve));
    }
  };
  const change: ApiFront['change'] = async (name, edit) => {
    const copy = structuredClone(await store.get('Session', name)) as Session;
    edit(copy);
    const { status } = copy;
    const written = await store.update('Session', copy);
    const after = await store.updateStatus('Session', { ...written, status });
    await at(after.metadata.resourceVersion);
    return after;
  };
  return {
    app,
    store,
    sessions,
    logs,
    uses,
    clock,
    change,
    ask: (user, url, { headers, ...more } = {}) =>
      app.inject({ url: `/api/v1${url}`, headers: { ...(user && { authorization: `Bearer token-${user}` }), ...headers }, ...more }),
    add: async (name, { pool, ...spec } = {}) => {
      const session = await store.create(
        'Session',
        {
          metadata: { name, ...(pool !== undefined && { labels: { [POOL_LABEL]: pool } }) },
          spec: {
            owner: { name: pool === undefined ? name : POOL_OWNER },
            launch: { image: 'mooring/demo:1', env: { SERVICE_TOKEN: SECRET } },
            route: { type: 'cookie' },
            ...spec,
          },
        },
        { secret: 'f'.repeat(64) },
      );
      await at(session.metadata.resourceVersion);
      return session;
    },
    settled: async () =>
      at(
        (await store.list('Session')).items.reduce(
          (newest, { metadata }) => (Number(metadata.resourceVersion) > Number(newest) ? metadata.resourceVersion : newest),
          '0',
        ),
      ),
    close: async () => {
      await app.close();
      await store.close();
    },
  };
}

/** As the controller writes it once a session's route was seen live. */
export function ready(session: Session, at = NOW): void {
  session.status.phase = 'Ready';
  session.status.observedGeneration = session.metadata.generation;
  session.status.conditions = [
    { type: 'Ready', status: 'True', reason: 'Seen', message: 'It is ready.', lastTransitionTime: new Date(at).toISOString() },
  ];
}
