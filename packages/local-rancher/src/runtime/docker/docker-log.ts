import type { Readable } from 'node:stream';
import type Docker from 'dockerode';
import type { LogOrder } from '../runtime.js';
import type { Look } from './look.js';
import { Demultiplexer, Lines } from './output.js';

type Take = (data: Buffer) => void;

/** A terminal has one output, as it is; without one both come in frames. */
function reader(tty: boolean, onLine: (line: string) => void): Take {
  if (tty) {
    const lines = new Lines();
    return (data) => {
      for (const line of lines.take(data)) onLine(line);
    };
  }
  const frames = new Demultiplexer();
  const lines = { stdout: new Lines(), stderr: new Lines() };
  return (data) => {
    for (const [stream, part] of frames.take(data)) for (const line of lines[stream].take(part)) onLine(line);
  };
}

/** Tells the container's last lines, and goes on with those that it writes where they are followed. */
export async function readDockerLog(docker: Docker, { id, tty }: Look, { lines, follow, signal, onLine }: LogOrder): Promise<void> {
  const take = reader(tty, onLine);
  const container = docker.getContainer(id);
  const what = { stdout: true, stderr: true, tail: lines, abortSignal: signal };
  if (!follow) return take((await container.logs({ ...what, follow: false })) as Buffer);
  try {
    for await (const data of (await container.logs({ ...what, follow: true })) as Readable) take(data as Buffer);
  } catch (error) {
    if (!signal.aborted) throw error;
  }
}
