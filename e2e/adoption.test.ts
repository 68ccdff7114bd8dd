import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ROOT, runCommand } from './support/command.js';
import { KEY } from './support/data-centre.js';
import { Operator, ROUTE_TOKEN } from './support/operator.js';
import { ask, type Person } from './support/person.js';
import type { RunningServe } from './support/serve.js';
import { type RunningTraefik, startTraefik } from './support/traefik.js';
import { asTraefikerDoes } from './support/traefiker.js';
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

describe('mooring import', () => {
  const SECRET = '00112233445566778899aabbccddeeff';
  /** The name that narrative-traefiker gives to ada.l's service. */
  const ADAS = 'narrative-ada-l-051180';
  let operator: Operator;
  let data: string;
  let traefik: RunningTraefik | undefined;

  beforeAll(async () => {
    operator = await Operator.open();
    data = await mkdtemp(join(tmpdir(), 'mooring-import-'));
    for (const [name, secret] of [
      [ADAS, SECRET],
      ['narrativepre-0a1b2c3d', SECRET.replace('00', 'ff')],
    ] as const)
      await create(asTraefikerDoes(name, secret, operator.centre.stackId));
    await until(async () => (await operator.centre.services()).every(({ state }) => state === 'active'));
  }, 30_000);
  afterAll(async () => {
    await traefik?.close();
    await operator?.close();
    await rm(data, { recursive: true, force: true });
  }, 30_000);

  const create = (body: object) =>
    ask(new URL(operator.centre.gate.url).origin, '/v2-beta/projects/1a5/services', {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        authorization: `Basic ${Buffer.from(`${KEY.access}:${KEY.secret}`).toString('base64')}`,
      },
      body: JSON.stringify(body),
    });
  const run = async (...args: string[]) => {
    const environment = { PATH: process.env.PATH, MOORING_DATA: data, ...operator.environment };
    const command = runCommand(process.execPath, [join(ROOT, 'packages/mooring/dist/main.js'), 'import', ...args], environment);
    await until(() => command.child.exitCode !== null, { withinMs: 20_000 });
    return { code: command.child.exitCode, out: command.stdout(), err: command.stderr() };
  };
  const actions = async (...args: string[]) => {
    const { out } = await run('--json', ...args);
    const { services } = JSON.parse(out) as { services: { name: string; action: string }[] };
    return services.map(({ name, action }) => [name, action]);
  };

  it('tells what it would do, and does nothing', async () => {
    const before = await operator.centre.services();
    const { code, out } = await run('--dry-run');
    expect([code, out]).toEqual([
      0,
      expect.stringMatching(/narrative-ada-l-051180 +active +mooring\/demo:1\.0\.0 +unknown +kept +import /),
    ]);
    expect(out).toMatch(/narrativepre-0a1b2c3d .* drain /);
    expect(out).not.toContain(SECRET);
    expect(await operator.centre.services()).toEqual(before);
  }, 30_000);

  it('takes the sessions over, once', async () => {
    expect(await actions()).toEqual([
      [ADAS, 'import'],
      ['narrativepre-0a1b2c3d', 'drain'],
    ]);
    expect(await actions()).toEqual([
      [ADAS, 'imported'],
      ['narrativepre-0a1b2c3d', 'drain'],
    ]);
  }, 30_000);

  it('lets the person go on in the same container, with the cookie that they have', async () => {
    let serve = await operator.serve({}, data);
    const routes = { url: `${serve.internal}/traefik/config`, token: ROUTE_TOKEN };
    traefik = await startTraefik({ ports: operator.ports, routes, frontUrl: serve.front });
    await serve.ready();
    const ids = (await operator.centre.services()).map(({ id }) => id);
    const ada = operator.signedIn('ada.l');
    ada.cookies.set(COOKIE, SECRET);
    const { instance } = await ada.demoStatus();
    ada.cookies.delete(COOKIE);
    await until(async () => (await ada.wish()).status === 200);
    expect(ada.cookies.get(COOKIE)).toBe(SECRET);
    expect((await ada.demoStatus()).instance).toBe(instance);
    expect((await ada.ask(`/narrative_session/${ADAS}`)).status).toBe(200);
    expect((await operator.signedIn('eve').ask(`/narrative_session/${ADAS}`)).status).toBe(404);
    expect((await operator.centre.services()).map(({ id }) => id)).toEqual(ids);
    const refused = await run('--dry-run');
    expect([refused.code, refused.err]).toEqual([1, expect.stringMatching(/in use by process \d+\. Stop that one/)]);
    // Its service says all that its session is, as any other's.
    expect((await serve.end('SIGTERM')).code).toBe(0);
    for (const file of await readdir(data)) if (file.startsWith('mooring.db')) await rm(join(data, file));
    serve = await operator.serve({}, data);
    await serve.ready();
    ada.cookies.delete(COOKIE);
    await until(async () => (await ada.wish()).status === 200);
    expect([ada.cookies.get(COOKIE), (await ada.demoStatus()).instance]).toEqual([SECRET, instance]);
  }, 90_000);
});
