import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { noteSecret } from '../../leaks/watch.js';
import type { RunningMooring } from './mooring.js';
import { type Answer, type Ask, ask } from './person.js';

/** ContainerDirectRouting's own create-minions script, for the cookie. */
export const minion = (name: string, changes: object = {}) => ({
  name,
  network: 'managed',
  image: 'mooring/mock-app:latest',
  labels: {
    'health-check': `http://${name}:9000/status`,
    'traefik.enable': 'true',
    [`traefik.http.services.${name}.loadbalancer.server.port`]: '9000',
    [`traefik.http.routers.${name}.entrypoints`]: 'web',
    [`traefik.http.routers.${name}.rule`]: `HeadersRegexp("Cookie",".*instance=${name}.*")`,
  },
  envs: { TZ: 'Etc/UTC', CONNSTR: `db ${name}`, IDLE: '1h' },
  ...changes,
});

/** The same for the path. */
export const pathMinion = (name: string) => ({
  ...minion(name),
  labels: {
    healthcheck: `http://${name}:9000/status`,
    'traefik.enable': 'true',
    [`traefik.http.routers.${name}.entrypoints`]: 'web',
    [`traefik.http.routers.${name}.rule`]: `PathPrefix("/apps/${name}")`,
    [`traefik.http.routers.${name}.middlewares`]: `${name}-context`,
    [`traefik.http.middlewares.${name}-context.replacepathregex.regex`]: `^/apps/${name}(.*)`,
    [`traefik.http.middlewares.${name}-context.replacepathregex.replacement`]: '$1',
  },
});

/** The API answers when what is asked for is done, or a while after that it isn't yet; in ms. */
const HELD_MS = 30_000;

/** Whoever deploys; with `open`, the user admin of a running `mooring start`. */
export class Spawner {
  private constructor(
    readonly origin: string,
    readonly token: string,
  ) {}

  static async open({ base, data }: Pick<RunningMooring, 'base' | 'data'>): Promise<Spawner> {
    // It is told once on the terminal, as it is to be; the test sees to it that no log has it.
    const password = (await readFile(join(data, 'admin-password'), 'utf8')).trim();
    return Spawner.signIn(`http://127.0.0.1:${base + 5}`, { username: 'admin', password });
  }

  static async signIn(origin: string, user: { username: string; password: string }): Promise<Spawner> {
    const { status, json } = await ask(origin, '/login', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(user),
    });
    if (status !== 200) throw new Error(`the sign-in was answered ${status}`);
    const token = String(json().token);
    noteSecret(token);
    return new Spawner(origin, token);
  }

  ask(path: string, method: Ask['method'] = 'GET', body?: object, headers: Record<string, string> = {}): Promise<Answer> {
    return ask(this.origin, path, {
      method,
      headers: { token: this.token, 'content-type': 'application/json', ...headers },
      silenceMs: HELD_MS,
      ...(body && { body: JSON.stringify(body) }),
    });
  }

  /** Deploys, and answers the header that leads there. */
  async deploy(body: { name: string }): Promise<string> {
    const answer = await this.ask('/deploy', 'POST', body);
    if (answer.status !== 200) throw new Error(`${body.name} was answered ${answer.status}: ${answer.text}`);
    const { cookie } = answer.json() as { cookie?: { name: string; value: string } };
    if (cookie) noteSecret(cookie.value.split('.')[1] ?? '');
    return cookie ? `${cookie.name}=${cookie.value}` : '';
  }
}
