import type Docker from 'dockerode';
import type { Shell, ShellOrder } from '../runtime.js';
import { engineError } from './engine.js';
import type { Look } from './look.js';
import { Demultiplexer } from './output.js';

const OPEN_MS = 10_000;

/**
 * Runs a command in a container. Who goes away closes its input: Docker has no way to end it, so a command that reads none runs to its end.
 * @throws RuntimeError EngineRefused
 */
export async function openDockerShell(docker: Docker, { id }: Look, { command, tty, onOutput, onEnd }: ShellOrder): Promise<Shell> {
  try {
    const exec = await docker.getContainer(id).exec({
      Cmd: [...command],
      Tty: tty,
      AttachStdin: true,
      AttachStdout: true,
      AttachStderr: true,
      abortSignal: AbortSignal.timeout(OPEN_MS),
    });
    const stream = await exec.start({ hijack: true, stdin: true, Tty: tty });
    const frames = new Demultiplexer();
    stream.on('data', (data: Buffer) => {
      if (tty) onOutput('stdout', data);
      else for (const [output, part] of frames.take(data)) onOutput(output, part);
    });
    stream.on('error', () => undefined);
    stream.once('end', () => stream.end());
    stream.once('close', onEnd);
    return { write: (data) => stream.write(data), kill: () => stream.destroy() };
  } catch (error) {
    throw engineError('run a command', error);
  }
}
