import { isDeepStrictEqual } from 'node:util';
import { afterAll, beforeAll, describe, expect } from '@jest/globals';
import { WebSocket } from 'ws';
import { type ActivitySource, createActivitySources, type Reading, type Target } from '../packages/controller/src/index.js';
import { JUPYTER_IMAGE, jupyterImage } from '../packages/mooring/src/jupyter/image.js';
import { cacheFolder, makeCacheFolder } from '../packages/mooring/src/provision/cache-folder.js';
import { provideJupyter } from '../packages/mooring/src/provision/jupyter.js';
import { type ActivityPlace, log, startActivityPlace, withSpec } from './support/activity-place.js';
import { ask } from './support/person.js';
import { missing, withPart } from './support/real-parts.js';
import { until } from './support/until.js';

const TOKEN = 'a-token-of-jupyter';
const BASE = '/narrative/api';

const python = await (async () => {
  const cache = await makeCacheFolder(cacheFolder(process.env));
  return provideJupyter({ environment: process.env, cache, progress: { note: () => undefined }, signal: new AbortController().signal });
})().catch(() => undefined);
const test = withPart('JupyterLab', python !== undefined);

/** What a browser sends to have a cell run. */
const execute = (code: string): string =>
  JSON.stringify({
    channel: 'shell',
    header: { msg_id: 'm1', msg_type: 'execute_request', session: 's1', username: 'alice', version: '5.3', date: new Date().toISOString() },
    parent_header: {},
    metadata: {},
    content: { code, silent: false, store_history: true, user_expressions: {}, allow_stdin: false },
    buffers: [],
  });

/** A real Jupyter server with a token, asked as the sources ask it. */
describe('a real Jupyter as a source of activity', () => {
  let place: ActivityPlace;
  let target: Target;
  let ignoring: Target;
  let jupyter: ActivitySource;
  let origin: string;
  let kernel: string;
  let socket: WebSocket;
  const headers = { authorization: `token ${TOKEN}` };

  beforeAll(async () => {
    if (python === undefined) return missing('JupyterLab');
    const image = jupyterImage(python);
    place = await startActivityPlace({ [JUPYTER_IMAGE]: { ...image, command: [...image.command, `--IdentityProvider.token=${TOKEN}`] } });
    const spec = { probe: { tokenFrom: { env: 'JUPYTER_TOKEN' } }, env: { JUPYTER_TOKEN: TOKEN } };
    target = withSpec(await place.run(JUPYTER_IMAGE), spec);
    ignoring = withSpec(target, { ...spec, openConnections: 'ignore' });
    const { project, own } = place;
    const sources = createActivitySources({ project, own, clock: Date, log });
    jupyter = sources.find(({ name }) => name === 'jupyter') as ActivitySource;
    origin = `http://${target.address.ip}:${target.address.port}`;
    const answers = () =>
      ask(origin, `${BASE}/status`, { headers }).then(
        ({ status }) => status === 200,
        () => false,
      );
    await until(answers, { withinMs: 60_000, what: () => 'Jupyter to answer' });
  }, 90_000);

  afterAll(async () => {
    socket?.terminate();
    await place?.close();
  }, 30_000);

  const read = async (whose = target): Promise<Reading> => {
    const readings = await jupyter.read([whose], new AbortController().signal);
    return readings.get(whose.session.metadata.uid) as Reading;
  };
  const status = async () =>
    (await ask(origin, `${BASE}/status`, { headers })).json() as { connections: number; kernels: number; last_activity: string };
  const state = async (): Promise<unknown> => (await ask(origin, `${BASE}/kernels/${kernel}`, { headers })).json().execution_state;
  const connect = async (): Promise<void> => {
    socket = new WebSocket(`${origin.replace('http', 'ws')}${BASE}/kernels/${kernel}/channels?token=${TOKEN}`);
    await new Promise((resolve, reject) => socket.once('open', resolve).once('error', reject));
  };

  test('without a kernel it is quiet, and stays so however often it is asked', async () => {
    const first = await read();
    expect(first).toMatchObject({ type: 'quiet' });
    const before = await status();
    // Beyond the second in which the server started.
    await until(() => Date.now() > Date.parse(before.last_activity) + 1_500);
    await read();
    // The trap that is there: asking for terminals moved the server's own time.
    expect(Date.parse((await status()).last_activity)).toBeGreaterThan(Date.parse(before.last_activity));
    expect(await read()).toEqual(first);
    expect(await read()).toEqual(first);
  });

  test('a request of somebody else is seen', async () => {
    const before = (await read()) as Extract<Reading, { type: 'quiet' }>;
    const askedAt = Date.now();
    // A server's Date has seconds only: in the one of our own question nobody is told from us.
    await until(() => Date.now() > askedAt + 1_500);
    await ask(origin, `${BASE}/contents`, { headers });
    const after = (await read()) as Extract<Reading, { type: 'quiet' }>;
    expect(after).toMatchObject({ type: 'quiet' });
    expect(after.since).toBeGreaterThan(before.since);
  });

  test('a kernel that nobody connects to is quiet', async () => {
    const created = await ask(origin, `${BASE}/kernels`, { method: 'POST', headers, body: '{}' });
    expect(created.status).toBe(201);
    kernel = created.json().id as string;
    expect(await read()).toMatchObject({ type: 'quiet', detail: expect.stringContaining('1 kernel') });
    expect(await read(ignoring)).toMatchObject({ type: 'quiet' });
  });

  test('an open, silent websocket is somebody, unless the policy ignores it', async () => {
    await connect();
    await until(async () => (await status()).connections === 1);
    expect(await read()).toMatchObject({ type: 'active', detail: '1 connection to Jupyter' });
    expect(await read(ignoring)).toMatchObject({ type: 'quiet' });
  });

  test('a kernel in time.sleep is somebody with the browser open, and with it closed', async () => {
    socket.send(execute('import time; time.sleep(600)'));
    await until(async () => (await state()) === 'busy', { withinMs: 30_000 });
    for (const whose of [target, ignoring]) expect(await read(whose)).toMatchObject({ type: 'active', detail: '1 kernel busy' });
    socket.close();
    await until(async () => (await status()).connections === 0);
    for (const whose of [target, ignoring]) expect(await read(whose)).toMatchObject({ type: 'active', detail: '1 kernel busy' });
  }, 60_000);

  test('and is quiet from its end on', async () => {
    const interruptedAt = Date.now();
    await ask(origin, `${BASE}/kernels/${kernel}/interrupt`, { method: 'POST', headers, body: '{}' });
    await until(async () => (await state()) === 'idle', { withinMs: 30_000 });
    // Its end is activity that nobody saw come, and is told once.
    let reading = await read();
    if (reading?.type === 'active') reading = await read();
    expect(reading).toMatchObject({ type: 'quiet', detail: expect.stringContaining('none busy') });
    expect((reading as Extract<Reading, { type: 'quiet' }>).since).toBeGreaterThanOrEqual(interruptedAt);
    expect(await read()).toEqual(reading);
  }, 60_000);

  test('a terminal was used when it was opened', async () => {
    const openedAt = Date.now();
    expect((await ask(origin, `${BASE}/terminals`, { method: 'POST', headers, body: '{}' })).status).toBe(200);
    const reading = (await read(ignoring)) as Extract<Reading, { type: 'quiet' }>;
    expect(reading.type).toBe('quiet');
    expect(reading.since).toBeGreaterThanOrEqual(openedAt);
    // Its shell says a word when it is there; then it is silent.
    await until(async () => isDeepStrictEqual(await read(ignoring), await read(ignoring)));
  });

  test('without its token nobody can tell, and the reason names no secret', async () => {
    const without = withSpec(target, { probe: { tokenFrom: undefined } });
    expect(await read(without)).toEqual({
      type: 'unknown',
      refused: true,
      why: expect.stringMatching(/^Jupyter answers 40[13] to \/narrative\/api\/(status|kernels): probe\.tokenFrom/),
    });
    const wrong = await read(withSpec(target, { probe: { tokenFrom: { env: 'T' } }, env: { T: 'wrong' } }));
    expect(wrong).toMatchObject({ type: 'unknown' });
    expect(JSON.stringify(wrong)).not.toContain('wrong');
  });
});
