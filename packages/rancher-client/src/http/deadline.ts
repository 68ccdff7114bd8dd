import { once, setMaxListeners } from 'node:events';

/** A signal that fires after a time or with one of its parents. Release it when the work is over. */
export interface Deadline {
  readonly signal: AbortSignal;
  /** Whether it was the time, and not a parent, that fired. */
  readonly expired: boolean;
  release(): void;
}

/** One for all: whoever asks why is told by `expired`, and an exception of its own for each call is dear. */
const EXPIRED = new DOMException('The time is over.', 'TimeoutError');

/** AbortSignal.any would do, but Node 20 keeps its results as long as a long-lived parent lives. */
export function startDeadline(ms: number, parents: readonly (AbortSignal | undefined)[]): Deadline {
  const controller = new AbortController();
  let expired = false;
  const timer = setTimeout(() => {
    expired = true;
    controller.abort(EXPIRED);
  }, ms);
  const unlink = parents.map((parent) => link(parent, controller));
  return {
    signal: controller.signal,
    get expired() {
      return expired;
    },
    release() {
      clearTimeout(timer);
      for (const undo of unlink) undo();
    },
  };
}

/**
 * Aborts the controller with the parent; answers how to undo the link. Node warns of a leak at the eleventh listener: here there is one
 * for each call under way, and each is taken away at its call's end.
 */
export function link(parent: AbortSignal | undefined, controller: AbortController): () => void {
  if (!parent) return () => {};
  const abort = () => controller.abort(parent.reason);
  if (parent.aborted) abort();
  setMaxListeners(Number.POSITIVE_INFINITY, parent);
  parent.addEventListener('abort', abort, { once: true });
  return () => parent.removeEventListener('abort', abort);
}

/** Waits. @throws the reason of whichever signal fires before the time is over */
export async function pause(ms: number, signals: readonly (AbortSignal | undefined)[]): Promise<void> {
  const deadline = startDeadline(ms, signals);
  try {
    if (!deadline.signal.aborted) await once(deadline.signal, 'abort');
    if (!deadline.expired) deadline.signal.throwIfAborted();
  } finally {
    deadline.release();
  }
}
