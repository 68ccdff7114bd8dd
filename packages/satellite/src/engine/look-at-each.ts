import PQueue from 'p-queue';

/** So many of a container's files are looked at at once: the Engine has other work, too. */
const AT_ONCE = 8;

/** What a look at each path tells. The first that fails, or the signal, ends all of them. */
export async function lookAtEach<T>(
  paths: readonly string[],
  look: (path: string) => Promise<T>,
  signal: AbortSignal,
): Promise<Map<string, T>> {
  const queue = new PQueue({ concurrency: AT_ONCE });
  const told = new Map<string, T>();
  const one = async (path: string): Promise<void> => {
    signal.throwIfAborted();
    told.set(path, await look(path));
  };
  try {
    await Promise.all(paths.map((path) => queue.add(() => one(path))));
    return told;
  } finally {
    queue.clear();
  }
}
