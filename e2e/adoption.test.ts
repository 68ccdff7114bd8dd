import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Operator, ROUTE_TOKEN } from './support/operator.js';
import { ask, type Person } from './support/person.js';
import type { RunningServe } from './support/serve.js';
import { type RunningTraefik, startTraefik } from './support/traefik.js';
import { until } from './support/until.js';

const PEOPLE = ['ada', 'bob', 'cyd', 'dan', 'eve'];
const COOKIE = 'narrative_session';

/** What somebody who works gets through Traefik, asked again and again: whose instance answered, or the status where none did. */
class Watch {
  readonly seen = new Set<string | number>();
  #on = true;
  readonly #running: Promise<void>;

  constructor(person: Person) {
    this.#running = this.#look(person);
  }

  async end(): Promise<(string | number)[]> {
    this.#on = false;
    await this.#running;
    return [...this.seen];
  }

  async #look(person: Person): Promise<void> {
    while (this.#on) {
      const { status, text } = await person.ask('/narrative/api/status');
      this.seen.add(status === 200 ? (JSON.parse(text) as { instance: string }).instance : status);
    }
  }
}

describe('mooring serve, whose store was lost', () => {
  let operator: Operator;
  let serve: RunningServe;
  let traefik: RunningTraefik;
  let people: Person[];
  let instances: string[];

  beforeAll(async () => {
    operator = await Operator.open();
    serve = await operator.serve({ num_prespawn: '2' });
    const routes = { url: `${serve.internal}/traefik/config`, token: ROUTE_TOKEN };
    traefik = await startTraefik({ ports: operator.ports, routes, frontUrl: serve.front });
    await serve.ready();
  }, 60_000);
  afterAll(async () => {
    await traefik?.close();
    await operator?.close();
  }, 30_000);

  const metric = async (name: string): Promise<string | undefined> =>
    (await ask(serve.internal, '/metrics')).text.split('\n').find((line) => line.startsWith(name));
  const ready = (count: number) =>
    until(async () => (await metric('mooring_sessions{phase="Ready"}'))?.endsWith(` ${count}`), { withinMs: 60_000 });
  const loseStore = async (): Promise<void> => {
    expect((await serve.end('SIGTERM')).code).toBe(0);
    for (const file of await readdir(serve.data)) if (file.startsWith('mooring.db')) await rm(join(serve.data, file));
  };

  it('lets everybody go on, with the same instance and cookie, without a request that fails', async () => {
    people = PEOPLE.map((name) => operator.signedIn(name));
    await Promise.all(people.map((person) => person.wish()));
    instances = (await Promise.all(people.map((person) => person.demoStatus()))).map(({ instance }) => instance);
    await ready(PEOPLE.length + 2);
    const before = await operator.centre.services();
    const watches = people.map((person) => new Watch(person));
    await loseStore();
    serve = await operator.serve({ num_prespawn: '0' }, serve.data);
    await serve.ready();
    await ready(before.length);
    expect(await Promise.all(watches.map((watch) => watch.end()))).toEqual(instances.map((instance) => [instance]));
    const after = await operator.centre.services();
    expect(after.map(({ id, name, state }) => [id, name, state])).toEqual(before.map(({ id, name, state }) => [id, name, state]));
    expect(await metric('mooring_strays{reason="unreadable"}')).toBe('mooring_strays{reason="unreadable"} 0');
  }, 120_000);

  it('knows them again when they ask for their notebook: same session, same cookie', async () => {
    for (const [index, person] of people.entries()) {
      const cookie = person.cookies.get(COOKIE);
      person.cookies.delete(COOKIE);
      expect((await person.wish()).status).toBe(200);
      expect(person.cookies.get(COOKIE)).toBe(cookie);
      expect((await person.demoStatus()).instance).toBe(instances[index]);
    }
  }, 30_000);

  it('claims nothing of the lost pool, and makes one of its own', async () => {
    const lost = (await operator.centre.services()).filter(({ name }) => name.startsWith('narrativepre-'));
    expect(lost).toHaveLength(2);
    await loseStore();
    serve = await operator.serve({ num_prespawn: '1' }, serve.data);
    await ready(PEOPLE.length + 3);
    const late = operator.signedIn('late');
    await late.wish();
    await late.demoStatus();
    await until(async () => (await operator.centre.services()).some(({ name }) => name.startsWith('narrative-late-')));
    const names = (await operator.centre.services()).map(({ name }) => name);
    for (const { name } of lost) expect(names).toContain(name);
  }, 120_000);

  it('brings nothing back that has no record and was not there', async () => {
    expect(new Set((await operator.centre.services()).map(({ name }) => name)).size).toBe((await operator.centre.services()).length);
  });
});
