import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from '@jest/globals';
import { OwnRequests } from '../../../src/activity/own-requests.js';
import type { Reading } from '../../../src/activity/reading.js';
import { Jupyter, type JupyterSeen, judgeJupyter } from '../../../src/activity/sources/jupyter.js';
import type { JupyterKernel, JupyterSample } from '../../../src/activity/sources/jupyter-api.js';
import { FakeClock } from '../../runtime/fake-clock.js';
import { aTarget, NOW, UID } from './targets.js';

const MINUTE = 60_000;
const STARTED = NOW - 60 * MINUTE;

interface Look {
  /** In minutes after NOW. */
  minute?: number;
  kernels?: Partial<JupyterKernel>[];
  connections?: number;
  lastActivity?: number;
  terminals?: number[];
  askedUntil?: number;
  skewMs?: number;
}

const sampleOf = ({
  kernels = [],
  connections = 0,
  lastActivity = STARTED,
  terminals = [],
  askedUntil,
  skewMs = 0,
}: Look): JupyterSample => ({
  status: { connections, kernels: kernels.length, last_activity: lastActivity, started: STARTED },
  kernels: kernels.map((kernel) => ({ last_activity: STARTED, execution_state: 'idle', connections: 0, ...kernel })),
  terminals,
  askedUntil,
  skewMs,
});

function look(looks: readonly Look[], openCounts = true): Reading[] {
  let seen: JupyterSeen | undefined;
  return looks.map((each, index) => {
    const at = NOW + (each.minute ?? index) * MINUTE;
    const judged = judgeJupyter(seen, { sample: sampleOf(each), at }, { openCounts, longestGapMs: 5 * MINUTE });
    seen = judged.seen;
    return judged.reading;
  });
}
const quietSince = (since: number) => expect.objectContaining({ type: 'quiet', since });
const active = expect.objectContaining({ type: 'active' });

describe('what Jupyter says', () => {
  it('a busy kernel is somebody, with and without a browser', () => {
    const busy = { execution_state: 'busy' };
    expect(look([{ kernels: [{ ...busy, connections: 1 }], connections: 1 }])[0]).toEqual({
      type: 'active',
      at: NOW,
      detail: '1 kernel busy',
    });
    expect(look([{ kernels: [busy] }], false)[0]).toEqual({ type: 'active', at: NOW, detail: '1 kernel busy' });
  });

  it('an idle kernel is quiet since nobody is connected, or since its own last activity', () => {
    const idle = { last_activity: NOW - MINUTE };
    expect(look([{ kernels: [idle] }, { kernels: [idle] }])).toEqual([quietSince(NOW), quietSince(NOW)]);
    expect(look([{ kernels: [idle] }, { kernels: [{ last_activity: NOW + MINUTE / 2 }] }])[1]).toEqual(quietSince(NOW + MINUTE / 2));
  });

  it('who came and went while it gave no answer was somebody', () => {
    const sample = sampleOf({});
    const continuity = { openCounts: true, longestGapMs: 5 * MINUTE };
    const { seen } = judgeJupyter(undefined, { sample, at: NOW }, continuity);
    const gap = { ...seen, since: undefined };
    const later = { sample: sampleOf({ lastActivity: NOW + MINUTE }), at: NOW + 2 * MINUTE };
    expect(judgeJupyter(gap, later, continuity).reading).toMatchObject({ type: 'active', at: NOW + MINUTE });
    expect(judgeJupyter(gap, { sample, at: NOW + 2 * MINUTE }, continuity).reading).toEqual(quietSince(NOW + 2 * MINUTE));
  });

  it('a time that it tells again is the same, though it is not known to the second how far its clock is from ours', () => {
    const kernels = [{ last_activity: NOW }];
    const [first, second] = look([
      { kernels, skewMs: 3_600_000 },
      { kernels, skewMs: 3_600_900 },
    ]);
    expect([first, second]).toEqual([quietSince(NOW), quietSince(NOW)]);
    expect(
      look([
        { minute: 0, kernels, skewMs: -5000 },
        { minute: 1, kernels: [{ last_activity: NOW + 30_000 }], skewMs: -5000 },
        { minute: 2, kernels: [{ last_activity: NOW + 30_000 }], skewMs: -4100 },
      ])[2],
    ).toEqual(quietSince(NOW + 25_000));
  });

  it('an open websocket is somebody, unless silent ones are ignored', () => {
    const open = { kernels: [{ connections: 1 }], connections: 1 };
    expect(look([open, { kernels: [{}] }, { kernels: [{}] }])).toEqual([active, quietSince(NOW + MINUTE), quietSince(NOW + MINUTE)]);
    expect(look([open, open], false)).toEqual([quietSince(NOW), quietSince(NOW)]);
    expect(look([{ connections: 1 }])).toEqual([active]);
  });

  it('a kernel that nobody ever connected to stays starting, which is not busy', () => {
    const starting = { kernels: [{ execution_state: 'starting' }] };
    expect(look([starting, starting])[1]).toEqual(quietSince(NOW));
  });

  it("the server's own time counts beyond what our own questions moved", () => {
    const asked = NOW + 1_000;
    const [, ours, theirs, later] = look([
      { askedUntil: asked },
      { lastActivity: asked - 500, askedUntil: asked + MINUTE },
      { lastActivity: asked + MINUTE + 5_000, askedUntil: asked + 2 * MINUTE },
      { lastActivity: asked + 2 * MINUTE, askedUntil: asked + 3 * MINUTE },
    ]);
    expect(ours).toEqual(quietSince(NOW));
    expect(theirs).toEqual(quietSince(asked + MINUTE + 5_000));
    expect(later).toEqual(quietSince(asked + MINUTE + 5_000));
  });

  it("the server's own time does not count where silent tabs are ignored: they go on asking", () => {
    const looks = [{}, { lastActivity: NOW + 30_000 }];
    expect(look(looks)[1]).toEqual(quietSince(NOW + 30_000));
    expect(look(looks, false)[1]).toEqual(quietSince(NOW));
  });

  it('a terminal was used when it says so', () => {
    expect(look([{ terminals: [NOW - MINUTE] }, { terminals: [NOW + 20_000] }], false)[1]).toEqual(quietSince(NOW + 20_000));
  });

  it('nothing was quiet while nobody looked', () => {
    expect(look([{}, { minute: 30 }])).toEqual([quietSince(NOW), quietSince(NOW + 30 * MINUTE)]);
  });

  it('a clock that is behind makes nothing older, one that is ahead nothing later than now', () => {
    const behind = { kernels: [{ last_activity: NOW + 30_000 - 600_000 }], skewMs: 600_000 };
    expect(look([{}, behind])[1]).toEqual(quietSince(NOW + 30_000));
    expect(look([{}, { kernels: [{ last_activity: NOW + 2 * MINUTE }] }])[1]).toEqual(quietSince(NOW + MINUTE));
  });
});

type Answer = { status?: number; body?: unknown; text?: string; hang?: boolean };

let server: Server | undefined;
afterEach(() => {
  server?.closeAllConnections();
  server?.close();
});

/** A server that answers by path, and tells what it was asked. */
async function serve(answers: Record<string, Answer>) {
  const asked: IncomingMessage[] = [];
  server = createServer((request, response) => {
    asked.push(request);
    const { status = 200, body, text, hang } = answers[request.url ?? ''] ?? { status: 404, text: 'no' };
    if (!hang) response.writeHead(status).end(text ?? JSON.stringify(body));
  });
  await new Promise<void>((resolve) => server?.listen(0, '127.0.0.1', resolve));
  const address = { ip: '127.0.0.1', port: (server.address() as AddressInfo).port };
  const clock = { now: () => Date.now() };
  const source = new Jupyter({ clock, direct: new OwnRequests(clock), longestGapMs: 5 * MINUTE });
  const read = async (target = aTarget({ address })): Promise<Reading | undefined> =>
    (await source.read([target], new AbortController().signal)).get(UID);
  return { asked, read, address };
}

const at = (ms: number): string => new Date(ms).toISOString().replace('Z', '000Z');
const status = (fields: object = {}): Answer => ({
  body: { connections: 0, kernels: 1, last_activity: at(STARTED), started: at(STARTED), ...fields },
});
const kernel = { id: 'k', name: 'python3', last_activity: at(STARTED), execution_state: 'idle', connections: 0 };
const [STATUS, KERNELS, TERMINALS] = ['/narrative/api/status', '/narrative/api/kernels', '/narrative/api/terminals'];

describe('asking Jupyter', () => {
  it('takes its token along, and closes its connections at once', async () => {
    const { asked, read, address } = await serve({ [STATUS]: status(), [KERNELS]: { body: [kernel] }, [TERMINALS]: { body: [] } });
    const target = aTarget({ address, probe: { tokenFrom: { env: 'TOKEN' } }, env: { TOKEN: 's3cret' } });
    expect(await read(target)).toMatchObject({ type: 'quiet' });
    expect(asked.map(({ url }) => url)).toEqual([STATUS, KERNELS, TERMINALS]);
    for (const { headers } of asked) expect(headers).toMatchObject({ authorization: 'token s3cret', connection: 'close' });
  });

  it('does not ask for kernels where there are none, nor for terminals where there can be none', async () => {
    const { asked, read } = await serve({ [STATUS]: status({ kernels: 0 }) });
    await read();
    expect(await read()).toMatchObject({ type: 'quiet' });
    expect(asked.map(({ url }) => url)).toEqual([STATUS, TERMINALS, STATUS]);
  });

  it.each<[string, Record<string, Answer>, RegExp, which: object]>([
    ['401', { [STATUS]: { status: 401, body: {} } }, /answers 401 to .*: probe.tokenFrom must name/, { refused: true }],
    ['403 for the kernels', { [STATUS]: status(), [KERNELS]: { status: 403, body: {} } }, /answers 403 to .*kernels/, { refused: true }],
    ['404 for the kernels', { [STATUS]: status() }, /does not speak Jupyter's API/, {}],
    ['a page', { [STATUS]: { text: '<html>' } }, /does not speak Jupyter's API/, {}],
    ['JSON of another kind', { [STATUS]: { body: { ok: true } } }, /does not speak Jupyter's API/, {}],
    ['500', { [STATUS]: { status: 500, body: {} } }, /answers 500/, { outage: true }],
    [
      '500 for the terminals',
      { [STATUS]: status({ kernels: 0 }), [TERMINALS]: { status: 500, body: {} } },
      /terminals answers 500/,
      { outage: true },
    ],
    ['no end', { [STATUS]: { text: `${' '.repeat(600_000)}{}` } }, /more than \d+ bytes/, {}],
    ['nothing', { [STATUS]: { hang: true } }, /status gives no answer/, { outage: true }],
  ])('is unknown where the answer is %s', async (_what, answers, why, which) => {
    const { read } = await serve(answers);
    expect(await read()).toEqual({ type: 'unknown', why: expect.stringMatching(why), ...which });
  });

  it('is unknown where the session does not say how to ask, and says no secret', async () => {
    const { asked, read, address } = await serve({});
    expect(await read(aTarget({ address, probe: { path: '/healthz' } }))).toMatchObject({
      why: expect.stringContaining('probe.path is /healthz'),
    });
    expect(await read(aTarget({ address, probe: { tokenFrom: { env: 'TOKEN' } } }))).toMatchObject({
      why: expect.stringContaining('launch.env has no TOKEN'),
    });
    expect(asked).toEqual([]);
  });

  it('begins anew after a look that failed', async () => {
    const clock = new FakeClock();
    const answers: Record<string, Answer> = { [STATUS]: status({ kernels: 0 }) };
    const { address } = await serve(answers);
    const source = new Jupyter({ clock, direct: new OwnRequests(clock), longestGapMs: 5 * MINUTE });
    const read = async () => (await source.read([aTarget({ address })], new AbortController().signal)).get(UID);
    const first = clock.now();
    expect(await read()).toMatchObject({ type: 'quiet', since: first });
    answers[STATUS] = { status: 500, body: {} };
    clock.advance(MINUTE);
    expect(await read()).toMatchObject({ type: 'unknown' });
    answers[STATUS] = status({ kernels: 0 });
    clock.advance(MINUTE);
    expect(await read()).toMatchObject({ type: 'quiet', since: clock.now() });
  });

  it('asks nobody once it was called off', async () => {
    const { asked, address } = await serve({ [STATUS]: status() });
    const source = new Jupyter({ clock: Date, direct: new OwnRequests(Date), longestGapMs: MINUTE });
    expect((await source.read([aTarget({ address })], AbortSignal.abort())).size).toBe(0);
    expect(asked).toEqual([]);
  });
});
