import { setTimeout as sleep } from 'node:timers/promises';
import type { Session } from '@mooring/resources';
import { Problem } from '../../http/problem.js';
import type { ViewContext } from '../context.js';
import { startedId } from './find.js';

/** Who follows a container that is about to start waits so long for that, in ms: what is between them and us mustn't think it dead. */
const WAIT_MS = 30_000;
/** In ms: who is asked that often must not be for long. */
const pauseAfter = (waited: number): number => (waited < 1_000 ? 100 : 500);

/** Rancher's states of a container that its host may have in a moment: in every other one it had it, and has it no more. */
const COMES = new Set(['requested', 'creating', 'starting', 'restarting', 'running']);

const mayCome = ({ status: { container } }: Session): boolean => container === undefined || COMES.has(container.state);
const isGone = (session: Session | undefined): boolean => session === undefined || session.metadata.deletionTimestamp !== undefined;
const isNotStarted = (error: unknown): boolean => error instanceof Problem && error.code === 'not-started';

/**
 * What is opened of a container (by Rancher's id), as soon as its host has it, which may be a moment after Rancher does.
 *
 * @throws a 409 Problem where there is none in time, or no more; the reason of the signal
 */
export async function onceStarted<T>(
  first: Session,
  open: (id: string) => Promise<T>,
  { context, signal }: { context: ViewContext; signal: AbortSignal },
): Promise<T> {
  const { sessions, store } = context.front;
  const { name } = first.metadata;
  let waited = 0;
  for (;;) {
    // The cache may be a moment behind the creation.
    const session = sessions.get(name) ?? (await store.get('Session', name));
    const seen = session ?? first;
    try {
      return await open(startedId(seen));
    } catch (error) {
      if (!isNotStarted(error) || isGone(session) || !mayCome(seen) || waited >= WAIT_MS) throw error;
    }
    const pause = pauseAfter(waited);
    await sleep(pause, undefined, { signal });
    waited += pause;
  }
}
