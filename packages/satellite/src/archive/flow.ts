import { PassThrough, type Readable } from 'node:stream';

/** tar-stream's streams are streamx's: alike, but none of Node's. */
interface Sink {
  write(data: Uint8Array): boolean;
  end(data: unknown): unknown;
  destroy(error?: Error): unknown;
  readonly destroyed: boolean;
  on(event: 'error', listener: () => void): unknown;
  once(event: 'drain' | 'close' | 'error', listener: (error?: Error) => void): unknown;
  off(event: 'drain' | 'close' | 'error', listener: (error?: Error) => void): unknown;
}

/** Resolves when there is room again. @throws Error where there never will be */
function room(sink: Sink): Promise<void> {
  return new Promise((resolve, reject) => {
    const gone = (): void => reject(new Error('the archive was broken off'));
    const drained = (): void => {
      sink.off('close', gone);
      resolve();
    };
    if (sink.destroyed) gone();
    sink.once('drain', drained);
    sink.once('close', gone);
  });
}

/** Whoever writes or reads hears of an error anyway; an event that nobody listens for would end the process. */
const heardElsewhere = (): void => undefined;

/** Writes all that comes, as fast as it is taken, and the end. */
export async function flow(from: AsyncIterable<unknown>, to: Sink): Promise<void> {
  to.on('error', heardElsewhere);
  for await (const data of from) if (!to.write(data as Uint8Array)) await room(to);
  to.end(undefined);
}

/** Feeds a stream of Node's into one of tar-stream's; what breaks off the one breaks off the other. */
export function feed(from: Readable, to: Sink): void {
  to.once('close', () => from.destroy());
  flow(from, to).catch((error: Error) => to.destroy(error));
}

/** A stream of tar-stream's as one of Node's. */
export function asNode(from: AsyncIterable<unknown> & Pick<Sink, 'destroy' | 'on'>): Readable {
  from.on('error', heardElsewhere);
  const node = new PassThrough();
  node.once('close', () => from.destroy());
  flow(from, node).catch((error: Error) => node.destroy(error));
  return node;
}
