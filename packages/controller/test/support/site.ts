import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import {
  ConflictError,
  type Event,
  type IdlePolicy,
  instantiate,
  type ObjectCache,
  openCache,
  openStore,
  type Session,
  type SessionTemplate,
  type Store,
  WANTED_ANNOTATION,
} from '@mooring/resources';
import { Registry } from 'prom-client';
import { quietLogger } from '../../../../leaks/quiet-logger.js';
import type { ActivitySource } from '../../src/activity/reading.js';
import { type Controller, startController } from '../../src/index.js';
import { type Clock, systemClock, type Timer } from '../../src/runtime/clock.js';
import { FakeRancher } from '../fake-rancher.js';
import { SECRET } from '../sessions/sample.js';

export const NAME = 'narrative-alice-522b27';
const DEADLINE = { timeoutMs: 10_000 };
/** Looks follow each other however far apart they are; tests look by `reap()`. */
const SELDOM = '0 0 0 * * *';

interface Listening {
  server: Server;
  port: number;
}

async function listen(handle: (request: IncomingMessage, response: ServerResponse) => void): Promise<Listening> {
  const server = createServer(handle);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { server, port: (server.address() as AddressInfo).port };
}

/** Real time that can be moved on; what is due by then happens at once. */
class SettableClock implements Clock {
  #aheadMs = 0;
  readonly #pending = new Map<object, { at: number; fire: () => void }>();

  now(): number {
    return systemClock.now() + this.#aheadMs;
  }

  after(delayMs: number, callback: () => void): Timer {
    const key = {};
    const fire = (): void => {
      timer.cancel();
      if (this.#pending.delete(key)) callback();
    };
    const timer = systemClock.after(delayMs, fire);
    this.#pending.set(key, { at: this.now() + delayMs, fire });
    return {
      cancel: () => {
        timer.cancel();
        this.#pending.delete(key);
      },
    };
  }

  /** By seconds; negative: the clock is set back. */
  moveOn(seconds: number): void {
    this.#aheadMs += seconds * 1000;
    const now = this.now();
    for (const { at, fire } of [...this.#pending.values()]) if (at <= now) fire();
  }
}

interface StartOptions {
  schedule?: string;
  located?: boolean;
  /** Sessions that start at once. */
  maxStarts?: number;
}

/** A controller over a fake Rancher, a container that answers, and a stand-in for Traefik that follows the document. */
export class Site {
  readonly rancher = new FakeRancher();
  readonly clock = new SettableClock();
  registry = new Registry();
  sources: ActivitySource[] = [];
  store!: Store;
  sessions!: ObjectCache<'Session'>;
  controller!: Controller;
  document: string | undefined;
  /** Whether containers answer yet. */
  answers = true;
  #container!: Listening;
  #traefik!: Listening;
  #caches: ObjectCache<'SessionTemplate' | 'WarmPool'>[] = [];
  #poll: NodeJS.Timeout | undefined;

  async open(): Promise<void> {
    this.store = await openStore({ path: ':memory:', now: () => new Date(this.clock.now()) });
    this.sessions = openCache(this.store, 'Session');
    this.#container = await listen((_request, response) => response.writeHead(this.answers ? 200 : 503).end('hello'));
    this.#traefik = await listen((request, response) => {
      const secret = /narrative_session=(\w+)/.exec(request.headers.cookie ?? '')?.[1];
      if (secret && this.document?.includes(secret)) return response.end('hello');
      return response.writeHead(503, { 'mooring-front': '1' }).end();
    });
  }

  async start({ schedule = SELDOM, located = true, maxStarts }: StartOptions = {}): Promise<void> {
    this.registry = new Registry();
    const templates = openCache(this.store, 'SessionTemplate');
    const pools = openCache(this.store, 'WarmPool');
    this.#caches = [templates, pools];
    this.controller = await startController({
      store: this.store,
      sessions: this.sessions,
      templates,
      pools,
      routing: {
        entryPointUrl: `http://127.0.0.1:${this.#traefik.port}`,
        entryPoint: 'web',
        fallbackUrl: 'http://127.0.0.1:1',
        frontPaths: ['/narrative*'],
        hosts: [],
        mode: 'http',
      },
      registry: this.registry,
      ...(maxStarts !== undefined && { maxStarts }),
      activity: { schedule, sourcesFor: () => this.sources },
      clock: this.clock,
      logger: quietLogger(),
    });
    if (located) this.controller.converge({ rancher: this.rancher.client(), stackId: '1st1' });
    this.#poll = setInterval(() => {
      this.document = this.controller.routeDocument() ?? this.document;
    }, 20);
  }

  async stop(): Promise<void> {
    clearInterval(this.#poll);
    await this.controller.stop();
    await Promise.all(this.#caches.map((cache) => cache.close()));
  }

  async close(): Promise<void> {
    await this.sessions.close();
    await this.store.close();
    for (const { server } of [this.#container, this.#traefik]) server.close();
  }

  create(policy: Partial<IdlePolicy> = {}, name = NAME, labels: Record<string, string> = {}): Promise<Session> {
    return this.store.create(
      'Session',
      {
        metadata: { name, labels, finalizers: ['mooring.dev/service'] },
        spec: {
          owner: { name: 'alice' },
          launch: { image: 'mooring/demo', port: this.#container.port },
          route: { type: 'cookie' },
          idlePolicy: { afterSeconds: 600, ...policy },
        },
      },
      { secret: SECRET },
    );
  }

  /** A template whose sessions run `mooring/demo:1`, and one of them. */
  async createFromTemplate(policy: Partial<IdlePolicy> = {}): Promise<Session> {
    const { port } = this.#container;
    const template = await this.store.create('SessionTemplate', {
      metadata: { name: 'narrative' },
      spec: {
        image: { name: 'mooring/demo', tag: '1' },
        launch: { port, env: { COLOUR: 'red' }, volumes: ['work-$(SESSION_NAME):/work'] },
        route: { type: 'cookie' },
        idlePolicy: { afterSeconds: 600, ...policy },
      },
    });
    const draft = instantiate(template, { name: NAME, owner: 'alice' });
    const metadata = { name: NAME, finalizers: ['mooring.dev/service'] };
    return this.store.create('Session', { ...draft, metadata }, { secret: SECRET });
  }

  /** The template gets another version of its image. */
  async publish(tag: string): Promise<void> {
    for (;;) {
      const template = (await this.store.get('SessionTemplate', 'narrative')) as SessionTemplate;
      try {
        const image = { ...template.spec.image, tag };
        await this.store.update('SessionTemplate', { ...template, spec: { ...template.spec, image } });
        return;
      } catch (error) {
        if (!(error instanceof ConflictError)) throw error;
      }
    }
  }

  ready(name = NAME): Promise<Session | undefined> {
    return this.sessions.waitFor(name, ({ status }) => status.phase === 'Ready', DEADLINE);
  }

  /** As somebody who reads again where the loop wrote first. */
  async change(edit: (session: Session) => void): Promise<void> {
    for (;;) {
      const session = structuredClone((await this.store.get('Session', NAME)) as Session);
      edit(session);
      try {
        await this.store.update('Session', session);
        return;
      } catch (error) {
        // The controller may have written its status in between.
        if (!(error instanceof ConflictError)) throw error;
      }
    }
  }

  /** A person navigates to the session. */
  want(wake = false): Promise<void> {
    return this.change((session) => {
      session.metadata.annotations[WANTED_ANNOTATION] = new Date(this.clock.now()).toISOString();
      if (wake) session.spec.running = true;
    });
  }

  condition(type: string, name = NAME): string {
    const found = this.sessions.get(name)?.status.conditions.find((condition) => condition.type === type);
    return found ? `${found.status} ${found.reason}` : 'none';
  }

  async events(): Promise<Event['spec'][]> {
    const { items } = await this.store.list('Event');
    return items.sort((a, b) => Number(a.metadata.resourceVersion) - Number(b.metadata.resourceVersion)).map(({ spec }) => spec);
  }

  async until(condition: () => boolean | Promise<boolean>): Promise<void> {
    for (const end = Date.now() + DEADLINE.timeoutMs; !(await condition()); ) {
      if (Date.now() > end) throw new Error('the condition did not come true in time');
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
  }
}
