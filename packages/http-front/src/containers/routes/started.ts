import { setTimeout as sleep } from 'node:timers/promises';
import type { Session } from '@mooring/resources';
import type { ViewContext } from '../context.js';
import { startedId } from './find.js';

/** Who follows a container that is about to start waits so long for that, in ms: what is between them and us mustn't think it dead. */
const WAIT_MS = 30_000;
const LOOK_MS = 100;

const isGone = (session: Session | undefined): boolean => session === undefined || session.metadata.deletionTimestamp !== undefined;

/** Rancher's id of the container, as soon as there is one. @throws a 409 Problem where there is none in time; the reason of the signal */
export async function onceStarted(first: Session, { front }: ViewContext, signal: AbortSignal): Promise<string> {
  const { name } = first.metadata;
  let session = front.sessions.get(name) ?? first;
  for (let waited = 0; session.status.container === undefined && waited < WAIT_MS; waited += LOOK_MS) {
    await sleep(LOOK_MS, undefined, { signal });
    const now = front.sessions.get(name);
    // The cache may be a moment behind the creation.
    if (now === undefined && waited > 0) break;
    session = now ?? session;
    if (isGone(session)) break;
  }
  return startedId(session);
}
