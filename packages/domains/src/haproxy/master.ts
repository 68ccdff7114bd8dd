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

/** Whether the worker that answers is the newest one, and which that is. */
async function serving(sockets: Sockets): Promise<number | undefined> {
  const { worker } = await processes(sockets);
  const pid = PID.exec(await ask(sockets.worker, 'show info'))?.[1];
  return worker !== undefined && Number(pid) === worker ? worker : undefined;
}

/** Resolves when a worker serves that isn't `before`. @throws HaproxyError where none comes in time. */
export async function untilServing(sockets: Sockets, clock: Clock, before?: number): Promise<void> {
  const deadline = clock.now() + RELOAD_MS;
  for (;;) {
    const pid = await serving(sockets).catch(() => undefined);
    if (pid !== undefined && pid !== before) return;
    if (clock.now() >= deadline) throw new HaproxyError(`HAProxy does not serve what it was given within ${RELOAD_MS / 1000} s.`);
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
  const after = await processes(sockets);
  if (after.failed > before.failed) throw new HaproxyError('HAProxy could not read its files again, and serves on with what it had.');
  await untilServing(sockets, clock, before.worker);
}
