import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { WebSocket } from 'ws';
import { noteSecret } from '../leaks/watch.js';
import { sessionNames } from '../packages/http-front/src/narrative/names.js';
import { ROOT, runCommand } from './support/command.js';
import { KEY } from './support/data-centre.js';
import { LabelRoutes } from './support/label-routes.js';
import { OldFront } from './support/old-front.js';
import { HOST, Operator, PAGE, ROUTE_TOKEN } from './support/operator.js';
import { ask, type Person } from './support/person.js';
import type { RunningServe } from './support/serve.js';
import { type RunningTraefik, startTraefik } from './support/traefik.js';
import { asTraefikerDoes } from './support/traefiker.js';
import { until } from './support/until.js';

const COUNT = 30;
const COOKIE = 'narrative_session';

interface Notebook {
  person: Person;
  name: string;
  secret: string;
  /** Which process it is. */
  instance: string;
  socket: WebSocket;
  closes: number;
}

/** docs/migrating.md, done: a site of narrative-traefiker's with everybody at work. */
describe('the move from narrative-traefiker, and back', () => {
  const notebooks: Notebook[] = [];
  let operator: Operator;
  let labels: LabelRoutes;
  let old: OldFront;
  let oldUrl: string;
  let traefik: RunningTraefik;
  let serve: RunningServe | undefined;
  let data: string;

  const create = (body: object) =>
    ask(new URL(operator.centre.gate.url).origin, '/v2-beta/projects/1a5/services', {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        authorization: `Basic ${Buffer.from(`${KEY.access}:${KEY.secret}`).toString('base64')}`,
      },
      body: JSON.stringify(body),
    });

  const mooring = async (...args: string[]) => {
    const environment = { PATH: process.env.PATH, MOORING_DATA: data, ...operator.environment };
    const command = runCommand(process.execPath, [join(ROOT, 'packages/mooring/dist/main.js'), ...args], environment);
    await until(() => command.child.exitCode !== null, { withinMs: 30_000 });
    expect([args, command.child.exitCode, command.stderr()]).toEqual([args, 0, '']);
    return command.stdout();
  };

  async function connect(person: Person): Promise<{ socket: WebSocket; instance: string }> {
    const { origin, headers, cookie } = person;
    const socket = new WebSocket(`${origin.replace('http', 'ws')}/narrative/ws`, { headers: { ...headers, cookie } });
    const [message] = await once(socket, 'message');
    return { socket, instance: (JSON.parse(String(message)) as { instance: string }).instance };
  }

  /** Everybody's socket still leads to their own notebook, and none was ever cut off. */
  async function everybodyWorks(): Promise<void> {
    for (const { socket, closes, person } of notebooks) {
      const echoed = once(socket, 'message');
      socket.send(person.user);
      expect([person.user, closes, String((await echoed)[0])]).toEqual([person.user, 0, person.user]);
    }
  }

  /** Everybody comes anew, with their sign-in only, and is led to the notebook that they had. */
  async function everybodyReturns(): Promise<void> {
    for (const { person, name, secret, instance } of notebooks) {
      person.cookies.delete(COOKIE);
      await until(async () => (await person.ask('/narrative/', { headers: PAGE })) && person.cookies.has(COOKIE));
      expect([name, person.cookies.get(COOKIE)]).toEqual([name, secret]);
      expect([name, (await person.demoStatus()).instance]).toEqual([name, instance]);
    }
  }

  beforeAll(async () => {
    operator = await Operator.open();
    data = await mkdtemp(join(tmpdir(), 'mooring-move-'));
    labels = new LabelRoutes(operator.centre.metadataUrl);
    old = new OldFront(operator.site.tokens, () => operator.centre.services());
    oldUrl = await old.open();
    labels.front = oldUrl;
    const routes = { url: await labels.open(), token: ROUTE_TOKEN };
    const people = Array.from({ length: COUNT }, (_, index) => {
      const person = operator.signedIn(`user.${index}`);
      const secret = randomBytes(16).toString('hex');
      noteSecret(secret);
      return { person, secret, name: sessionNames('narrative-{}', person.user)[0] as string };
    });
    for (const { name, secret } of people) await create(asTraefikerDoes(name, secret, operator.centre.stackId));
    const front = `http://127.0.0.1:${operator.ports.front}`;
    // Until Mooring runs, the catch-all leads nowhere: the stand-in for the old front answers by its own route.
    traefik = await startTraefik({
      ports: operator.ports,
      routes,
      frontUrl: front,
      readyBy: (headers) => headers['x-front'] !== undefined,
      asWhom: people[0]?.person,
    });
    for (const { person, name, secret } of people) {
      person.cookies.delete(COOKIE);
      expect((await person.ask('/narrative/', { headers: PAGE })).status).toBe(201);
      await person.demoStatus();
      const notebook: Notebook = { person, name, secret, ...(await connect(person)), closes: 0 };
      notebook.socket.on('close', () => {
        notebook.closes += 1;
      });
      notebooks.push(notebook);
    }
  }, 90_000);
  afterAll(async () => {
    for (const { socket } of notebooks) socket.terminate();
    await traefik?.close();
    await labels?.close();
    await old?.close();
    await operator?.close();
    await rm(data, { recursive: true, force: true });
  }, 30_000);

  it('is told before it is done', async () => {
    const services = await operator.centre.services();
    expect(await mooring('import', '--dry-run')).toContain(
      `${COUNT} would be imported, 0 had been before, 0 to drain by hand, 0 left alone`,
    );
    expect(await operator.centre.services()).toEqual(services);
  }, 30_000);

  it('takes over every session, and people notice nothing', async () => {
    expect(await mooring('import')).toContain(`${COUNT} imported, 0 had been before`);
    serve = await operator.serve({ MOORING_ROUTES: 'labels' }, data);
    await serve.ready();
    labels.front = serve.front;
    await everybodyWorks();
    await until(async () => (await notebooks[0]?.person.ask('/narrative/', { headers: PAGE }))?.headers['x-front'] === undefined);
    await everybodyReturns();
  }, 60_000);

  it('goes on to the document of Traefik 3, and nobody is cut off', async () => {
    await serve?.end('SIGTERM');
    serve = await operator.serve({ MOORING_ROUTES: 'auto' }, data);
    await serve.ready();
    const { internal } = serve;
    await until(
      async () => (await ask(internal, '/traefik/config', { headers: { authorization: `Bearer ${ROUTE_TOKEN}` } })).status === 200,
    );
    labels.handedOver = { url: `${internal}/traefik/config`, token: ROUTE_TOKEN };
    const late = operator.signedIn('late');
    await late.wish();
    await late.demoStatus();
    await everybodyReturns();
    await everybodyWorks();
  }, 60_000);

  it('and goes back, with who came meanwhile', async () => {
    labels.front = oldUrl;
    labels.handedOver = undefined;
    expect((await serve?.end('SIGTERM'))?.code).toBe(0);
    const late = operator.signedIn('late');
    await until(async () => (await late.ask('/narrative/', { headers: PAGE })).headers['x-front'] === 'narrative-traefiker');
    expect((await late.demoStatus()).instance).toBeDefined();
    await everybodyReturns();
    await everybodyWorks();
    expect((await late.ask('/narrative/api/status', { headers: { host: HOST } })).status).toBe(200);
  }, 60_000);
});
