import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from '@jest/globals';
import { noteSecret } from '../../leaks/watch.js';
import type { RunningMooring } from './mooring.js';
import { until } from './until.js';

/** The container API as its administrator asks it, on the front's own port. */
export class ContainerApi {
  private constructor(
    readonly url: string,
    /** What each request has. */
    readonly headers: Record<string, string>,
  ) {}

  static async signIn({ base, data }: RunningMooring): Promise<ContainerApi> {
    const url = `http://127.0.0.1:${base + 3}/v1`;
    const password = (await readFile(join(data, 'admin-password'), 'utf8')).trim();
    const headers = { 'content-type': 'application/json' };
    const answer = await fetch(`${url}/auth/login`, { method: 'POST', headers, body: JSON.stringify({ username: 'admin', password }) });
    const { token } = (await answer.json()) as { token: string };
    noteSecret(token);
    return new ContainerApi(url, { authorization: `Bearer ${token}` });
  }

  ask(path: string, { headers, ...init }: RequestInit = {}): Promise<Response> {
    const all = { ...this.headers, ...(headers as Record<string, string>) };
    return fetch(`${this.url}/container/${path}`, { ...init, headers: all, signal: AbortSignal.timeout(20_000) });
  }

  async json<T>(path: string): Promise<T> {
    return (await this.ask(path)).json() as Promise<T>;
  }

  /** A container that runs a script; its id. */
  async run(image: string, script: string, more: object = {}): Promise<string> {
    const [image_name, image_tag] = image.split(':');
    const body = JSON.stringify({ image_name, image_tag, script: Buffer.from(script).toString('base64'), ...more });
    const made = await this.ask('', { method: 'POST', headers: { 'content-type': 'application/json' }, body });
    expect(made.status).toBe(201);
    return ((await made.json()) as { id: string }).id;
  }

  /** Waits until a path of a container is answered well. */
  async answers(id: string, path: string): Promise<void> {
    await until(async () => (await this.ask(`${id}/${path}`)).status === 200, { withinMs: 20_000, what: () => `${path} to answer` });
  }

  async remove(id: string): Promise<void> {
    expect((await this.ask(`${id}/`, { method: 'DELETE' })).status).toBe(202);
    await until(async () => (await this.ask(`${id}/`)).status === 404, { withinMs: 20_000, what: () => 'the container to be gone' });
  }
}
