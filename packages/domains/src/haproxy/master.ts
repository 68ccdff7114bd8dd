import type { Clock } from '../clock.js';
import { HaproxyError } from './errors.js';
import { ask } from './socket.js';

/** A HAProxy that runs in master-worker mode, by its sockets. */
export interface Sockets {
  /** The master's, which is given on the command line. */
  master: string;
  /** The newest worker's, which the configuration names. */
  worker: string;
}

interface Processes {
  master: number;
  /** The newest one. */
  worker: number | undefined;
  failed: number;
}

const MASTER = /^(\d+)\s+master\s+\d+\s+\[failed: (\d+)\]/m;
/** Old workers stand there too, and have a count of reloads that is above 0. */
const WORKER = /^(\d+)\s+worker\s+0\s/m;
const PID = /^Pid: (\d+)$/m;

const RELOAD_MS = 20_000;
const POLL_MS = 10;
const NEVER = new AbortController().signal;

/** @throws HaproxyError */
export async function processes({ master }: Sockets): Promise<Processes> {
  const text = await ask(master, 'show proc');
  const [, pid, failed] = MASTER.exec(text) ?? [];
  if (pid === undefined) throw new HaproxyError(`What answers on ${master} is no HAProxy in master-worker mode.`);
  const worker = WORKER.exec(text)?.[1];
  return { master: Number(pid), worker: worker === undefined ? undefined : Number(worker), failed: Number(failed) };
}

/** The worker that takes commands. */
async function answering({ worker }: Sockets): Promise<number | undefined> {
  const pid = PID.exec(await ask(worker, 'show info'))?.[1];
  return pid === undefined ? undefined : Number(pid);
}

/** Whether another worker than the one before takes commands. @throws HaproxyError where HAProxy has refused its files. */
async function isServing(sockets: Sockets, before: Processes | undefined): Promise<boolean> {
  // The master refuses connections for a moment while it replaces itself.
  const now = await processes(sockets).catch(() => undefined);
  if (!now) return false;
  if (before && now.failed > before.failed)
    throw new HaproxyError('HAProxy could not read its files again, and serves on with what it had.');
  if (now.worker === undefined || now.worker === before?.worker) return false;
  return (await answering(sockets).catch(() => undefined)) === now.worker;
}

/** Resolves when a worker serves that isn't the one before. @throws HaproxyError where none comes in time, or HAProxy refuses its files. */
export async function untilServing(sockets: Sockets, clock: Clock, before?: Processes): Promise<void> {
  const deadline = clock.now() + RELOAD_MS;
  while (!(await isServing(sockets, before))) {
    if (clock.now() >= deadline) throw new HaproxyError(`HAProxy does not serve what it was given within ${RELOAD_MS / 1000} s.`);
    await clock.pause(POLL_MS, NEVER);
  }
}

/** How long a master may be about to replace itself, in ms. */
const PATIENCE_MS = 2_000;

/** Whether there is a HAProxy. */
export async function isThere(sockets: Sockets, clock: Clock): Promise<boolean> {
  const deadline = clock.now() + PATIENCE_MS;
  for (;;) {
    const problem = await processes(sockets).then(
      () => undefined,
      (error: unknown) => String(error),
    );
    if (problem === undefined) return true;
    if (problem.includes('ENOENT') || clock.now() >= deadline) return false;
    await clock.pause(POLL_MS, NEVER);
  }
}

/**
 * Has HAProxy read its files again: a new worker takes the listeners over, the old one keeps its connections until they end.
 *
 * @throws HaproxyError where it does not take them; the old worker serves on then.
 */
export async function reload(sockets: Sockets, clock: Clock): Promise<void> {
  const before = await processes(sockets);
  await ask(sockets.master, 'reload');
  await untilServing(sockets, clock, before);
}

/** What requests under way get, in ms, when HAProxy is to end. */
const GRACE_MS = 2_500;

/** Has a HAProxy that this process didn't start finish what is under way, for a while, and end. */
export async function end(sockets: Sockets, master: number, clock: Clock): Promise<void> {
  process.kill(master, 'SIGUSR1');
  const deadline = clock.now() + GRACE_MS;
  const isUp = (): Promise<boolean> =>
    processes(sockets)
      .then((now) => now.master === master)
      .catch(() => false);
  while (await isUp()) {
    if (clock.now() >= deadline) return void process.kill(master, 'SIGTERM');
    await clock.pause(POLL_MS, NEVER);
  }
}
