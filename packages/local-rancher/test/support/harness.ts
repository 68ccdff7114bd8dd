import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { quietLogger } from '../../../../leaks/quiet-logger.js';
import { type LocalRancher, type LocalRancherOptions, startLocalRancher } from '../../src/local-rancher.js';
import { FakeRuntime } from './fake-runtime.js';

export type Json = Record<string, unknown>;

export interface Answer {
  status: number;
  body: Json & { data: Json[] };
  headers: Headers;
}

/** A local Rancher over a runtime that runs nothing, and a client for it. */
export class Harness {
  readonly dataDir: string;
  runtime = new FakeRuntime();
  #rancher: LocalRancher | undefined;

  private constructor(dataDir: string) {
    this.dataDir = dataDir;
  }

  static async start(options: Partial<LocalRancherOptions> = {}): Promise<Harness> {
    const harness = new Harness(await mkdtemp(join(tmpdir(), 'local-rancher-')));
    try {
      await harness.boot(options);
    } catch (error) {
      await rm(harness.dataDir, { recursive: true, force: true });
      throw error;
    }
    return harness;
  }

  async boot(options: Partial<LocalRancherOptions> = {}): Promise<void> {
    this.runtime = new FakeRuntime();
    this.#rancher = await startLocalRancher({
      dataDir: this.dataDir,
      port: 0,
      metadataPort: 0,
      runtime: this.runtime,
      logger: quietLogger(),
      ...options,
    });
  }

  get rancher(): LocalRancher {
    if (!this.#rancher) throw new Error('not started');
    return this.#rancher;
  }

  get project(): string {
    return `${this.rancher.url}/projects/1a5`;
  }

  async halt(): Promise<void> {
    await this.rancher.close();
  }

  async end(): Promise<void> {
    await this.halt();
    await rm(this.dataDir, { recursive: true, force: true });
  }

  async call(method: string, path: string, body?: unknown, headers: Record<string, string> = {}): Promise<Answer> {
    const url = path.startsWith('http') ? path : `${this.project}/${path}`;
    const text = body === undefined || typeof body === 'string' ? body : JSON.stringify(body);
    const response = await fetch(url, {
      method,
      headers: { 'content-type': 'application/json', ...headers },
      ...(text !== undefined && { body: text }),
    });
    return { status: response.status, body: JSON.parse(await response.text()) as Answer['body'], headers: response.headers };
  }

  get(path: string): Promise<Answer> {
    return this.call('GET', path);
  }

  post(path: string, body?: unknown): Promise<Answer> {
    return this.call('POST', path, body);
  }

  async stack(name = 'stack'): Promise<string> {
    return String((await this.post('stacks', { name })).body.id);
  }

  /** Creates a service with one container and answers its id. */
  async service(name: string, extra: Json = {}, launchConfig: Json = {}): Promise<string> {
    const stacks = await this.get('stacks');
    const stackId = stacks.body.data[0]?.id ?? (await this.stack());
    const answer = await this.post('services', { ...serviceBody(name, String(stackId), launchConfig), ...extra });
    if (answer.status !== 201) throw new Error(JSON.stringify(answer.body));
    return String(answer.body.id);
  }

  /** Waits until the object at a path satisfies the test. */
  async until(path: string, test: (body: Json & { data: Json[] }) => boolean): Promise<Json & { data: Json[] }> {
    return waitFor(async () => {
      const { body } = await this.get(path);
      return test(body) ? body : undefined;
    }, path);
  }

  untilState(path: string, state: string): Promise<Json> {
    return this.until(path, (body) => body.state === state);
  }

  async containersOf(serviceId: string): Promise<Json[]> {
    return (await this.get(`services/${serviceId}/instances`)).body.data;
  }
}

export const serviceBody = (name: string, stackId: string, launchConfig: Json = {}): Json => ({
  type: 'service',
  name,
  stackId,
  scale: 1,
  startOnCreate: true,
  metadata: {},
  launchConfig: { type: 'launchConfig', imageUuid: 'docker:kbase/narrative:1.0', ports: ['8888/tcp'], ...launchConfig },
});

export const START_ONCE = { labels: { 'io.rancher.container.start_once': 'true' } };

const DEADLINE_MS = 10_000;

/** Polls until there is a value. */
export const waitFor = async <T>(read: () => T | undefined | Promise<T | undefined>, what = 'a condition'): Promise<T> => {
  const end = Date.now() + DEADLINE_MS;
  for (;;) {
    const value = await read();
    if (value !== undefined) return value;
    if (Date.now() > end) throw new Error(`waited in vain for ${what}`);
    await sleep(5);
  }
};
