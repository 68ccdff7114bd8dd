import type { CacheEvent } from './cache-contents.js';
import type { Kind, KindMap } from './kinds.js';
import { onAbort } from './on-abort.js';

/** Where the object comes from, and who says that it changed. */
interface WaitSource<K extends Kind> {
  get(name: string): KindMap[K] | undefined;
  subscribe(listener: (event: CacheEvent<K>) => void): () => void;
}

interface WaitLimits {
  signals: (AbortSignal | undefined)[];
  timeoutMs: number | undefined;
}

/** The object once the predicate holds; undefined once time is up or a signal aborts. Rejects with what the predicate throws. */
export function waitFor<K extends Kind>(
  source: WaitSource<K>,
  name: string,
  predicate: (object: KindMap[K]) => boolean,
  { signals, timeoutMs }: WaitLimits,
): Promise<KindMap[K] | undefined> {
  const undo: (() => void)[] = [];
  const found = new Promise<KindMap[K] | undefined>((resolve, reject) => {
    const look = () => {
      try {
        const object = source.get(name);
        if (object !== undefined && predicate(object)) resolve(object);
      } catch (error) {
        reject(error);
      }
    };
    const giveUp = () => resolve(undefined);
    look();
    undo.push(source.subscribe(({ object }) => object.metadata.name === name && look()));
    undo.push(...signals.map((signal) => onAbort(signal, giveUp)), after(timeoutMs, giveUp));
  });
  return found.finally(() => {
    for (const step of undo) step();
  });
}

function after(timeoutMs: number | undefined, run: () => void): () => void {
  if (timeoutMs === undefined) return () => undefined;
  const timer = setTimeout(run, timeoutMs);
  return () => clearTimeout(timer);
}
