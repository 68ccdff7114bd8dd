// The controller alone, told what to do by its parent: node --expose-gc loop-controller.mjs <store> <rancher url>.
import { startLoop } from './loop-parts.mjs';
import { STACK, sessionNumber } from './loop-site.mjs';

const [path, url] = process.argv.slice(2);
let loop = await startLoop(path, url);

const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
const until = async (condition, everyMs = 5) => {
  while (!(await condition())) await pause(everyMs);
};
const allReady = () => loop.sessions.list().every(({ status }) => status.phase === 'Ready');
const settled = () => until(async () => (await loop.isIdle()) && allReady());
/** One sequence over all kinds: the list of a kind that has no objects tells it. */
const writes = async () => Number((await loop.store.list('WarmPool')).resourceVersion);
const cpuMs = () => {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
};

const commands = {
  /** Asks for so many sessions at once; done when their people have been told that it is known. */
  async record({ count }) {
    await Promise.all(Array.from({ length: count }, (_, number) => loop.store.create('Session', sessionNumber(number))));
    await until(async () => loop.sessions.list().every(({ status }) => status.conditions.length > 0) && (await loop.isIdle()));
    return {};
  },
  /** Until every session was looked at and nothing is left to do. */
  async converge({ stack = STACK }) {
    // It is there before there are sessions, as the client that only makes the calls has it too.
    const stackId = await loop.stackOf(stack);
    const startedAt = performance.now();
    loop.converge(stackId);
    // It counts what is left, which takes its time.
    await until(() => loop.controller.ready().ok, 25);
    await settled();
    return { tookMs: performance.now() - startedAt, sinceStartMs: performance.now(), calls: loop.seen.calls };
  },
  /** Goes on with another store, in the same process: what was compiled stays so. */
  async reopen({ path: other }) {
    await loop.stop();
    loop = await startLoop(other, url);
    return {};
  },
  /** A whole resync at rest. */
  async resync() {
    const before = await writes();
    const startedAt = cpuMs();
    await loop.controller.resync();
    await until(loop.isIdle);
    const tookMs = cpuMs() - startedAt;
    return { cpuMs: tookMs, writes: (await writes()) - before };
  },
  /** CPU of one session's reconcile, with the change of its record that it follows from: a hundred are changed. */
  async reconcile() {
    const names = loop.sessions.list().map(({ metadata }) => metadata.name);
    const changed = Array.from({ length: 100 }, (_, index) => names[Math.floor((index * names.length) / 100)]);
    const startedAt = cpuMs();
    await Promise.all(changed.map(touch));
    await until(loop.isIdle);
    return { cpuMs: (cpuMs() - startedAt) / changed.length };
  },
  /** Somebody deletes a session's service: from Rancher's first event of it to the answer to the POST of the next one. */
  async drift({ number }) {
    const { id } = loop.sessions.get(sessionNumber(number).metadata.name).status.service;
    const stop = new AbortController();
    const repaired = new Promise((resolve) => {
      loop.seen.onCreated = () => resolve(performance.now());
    });
    const told = heard(loop.project.subscribe({ signal: stop.signal }), id, () => loop.project.services.remove(id));
    const tookMs = -(await told) + (await repaired);
    stop.abort();
    await settled();
    return { tookMs };
  },
  async memory() {
    globalThis.gc();
    await pause(200);
    globalThis.gc();
    return { rssMb: process.memoryUsage().rss / 2 ** 20, heapMb: process.memoryUsage().heapUsed / 2 ** 20 };
  },
  async stop() {
    await loop.stop();
    setTimeout(() => process.exit(0), 10);
    return {};
  },
};

async function touch(name) {
  const session = await loop.store.get('Session', name);
  const annotations = { ...session.metadata.annotations, touched: session.metadata.resourceVersion };
  await loop.store.update('Session', { ...session, metadata: { ...session.metadata, annotations } });
}

/** When the first event of a resource comes, after an act that is done once the stream is open. */
async function heard(events, id, act) {
  for await (const event of events) {
    if (event.type === 'connected') await act();
    if (event.resourceId === id) return performance.now();
  }
  throw new Error('the stream of events has ended');
}

process.on('message', async ({ command, ...options }) => process.send(await commands[command](options)));
process.send({ started: true });
