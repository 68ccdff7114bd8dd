import { randomUUID } from 'node:crypto';
import { Writable } from 'node:stream';
import { type SessionTemplate, sessionTemplateSchema, UseLog } from '@mooring/resources';
import type { FastifyInstance, InjectOptions, LightMyRequestResponse } from 'fastify';
import { pino } from 'pino';
import { Registry } from 'prom-client';
import { noteLog, noteSecret } from '../../../../leaks/watch.js';
import { buildFront, createLocalProvider, type FrontOptions, type IdentityProvider, IdentityUnavailableError } from '../../src/index.js';
import { MemoryStore } from './memory-store.js';

const KEY = Buffer.alloc(32, 7);

export const template: SessionTemplate = sessionTemplateSchema.parse({
  apiVersion: 'mooring.dev/v1',
  kind: 'SessionTemplate',
  metadata: {
    name: 'narrative',
    uid: randomUUID(),
    generation: 3,
    resourceVersion: '1',
    creationTimestamp: new Date(0).toISOString(),
  },
  spec: { image: { name: 'mooring/demo', tag: '1' }, launch: {}, route: { type: 'cookie' } },
});

/** Tokens are the users' names with `token-` before them; `down` is a provider that can't say. */
const auth: IdentityProvider = {
  kind: 'auth2',
  async identify(token) {
    if (token === 'down') throw new IdentityUnavailableError('down');
    return token.startsWith('token-') ? { user: token.slice(6), roles: [] } : undefined;
  },
};

export interface TestFront {
  app: FastifyInstance;
  store: MemoryStore;
  registry: Registry;
  /** Everything that was logged so far. */
  logs: () => string;
}

export interface TestFrontOptions extends Partial<Omit<FrontOptions, 'store' | 'settings'>> {
  local?: FrontOptions['local'];
  settings?: Partial<FrontOptions['settings']>;
}

/** Whatever somebody shows to be known by, or is given for that, is secret. */
function noteCredentials(app: FastifyInstance): void {
  const inject = app.inject.bind(app) as (request: InjectOptions) => Promise<LightMyRequestResponse>;
  const noting = async (request: InjectOptions) => {
    for (const value of Object.values(request.cookies ?? {})) if (typeof value === 'string') noteSecret(value);
    const authorization = request.headers?.authorization;
    if (typeof authorization === 'string') noteSecret(/^Bearer (.+)$/.exec(authorization)?.[1]);
    const answer = await inject(request);
    for (const { value } of answer.cookies) noteSecret(value);
    return answer;
  };
  app.inject = noting as FastifyInstance['inject'];
}

/** A logger whose lines can be read back. */
export function memoryLogger() {
  const lines: string[] = [];
  const stream = new Writable({
    write(chunk, _encoding, done) {
      lines.push(String(chunk));
      noteLog(String(chunk), 'a front');
      done();
    },
  });
  return { logger: pino({ level: 'debug' }, stream), logs: () => lines.join('') };
}

export const localProvider = () => createLocalProvider({ key: KEY });

export async function testFront(options: TestFrontOptions = {}): Promise<TestFront> {
  const store = new MemoryStore();
  const { logger, logs } = memoryLogger();
  const registry = new Registry();
  const app = await buildFront({
    store: store.asStore(),
    sessions: store.cache,
    templates: { get: (name) => (name === 'narrative' ? template : undefined) },
    identity: options.local ?? auth,
    uses: new UseLog(),
    now: Date.now,
    registry,
    logger,
    ...options,
    settings: {
      sessionCookie: 'narrative_session',
      kbaseCookie: 'kbase_session',
      containerName: 'narrative-{}',
      templateName: 'narrative',
      ...options.settings,
    },
  });
  noteCredentials(app);
  return { app, store, registry, logs };
}

/** What Chromium sends when somebody opens a page. */
export const PAGE_HEADERS = {
  'sec-fetch-mode': 'navigate',
  'sec-fetch-dest': 'document',
  accept: 'text/html,application/xhtml+xml,*/*;q=0.8',
};
export const JSON_HEADERS = { accept: 'application/json' };

/** A request by somebody, as a page unless said otherwise. */
export function as(user: string, options: InjectOptions = {}): InjectOptions {
  const { headers, cookies, ...rest } = options;
  return {
    method: 'GET',
    url: '/narrative/',
    headers: headers ?? PAGE_HEADERS,
    cookies: { kbase_session: `token-${user}`, ...cookies },
    ...rest,
  };
}
