import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ROOT, type RunningCommand, runCommand } from './command.js';
import { searchDataFolder } from './data-folder.js';
import { type Answer, ask } from './person.js';

export interface RunningServe extends RunningCommand {
  data: string;
  /** The front's own port, past Traefik. */
  front: string;
  /** The internal listener. */
  internal: string;
  /** What /readyz says. */
  readyz(): Promise<{ status: number; checks: Record<string, { ok: boolean; message?: string }> }>;
  ready(): Promise<void>;
  /** Ends it and removes the data folder. */
  dispose(): Promise<void>;
}

export interface ServePorts {
  front: number;
  internal: number;
}

/** `mooring serve` with these environment variables and no others; resolves when both its listeners answer. */
export async function startServe(ports: ServePorts, env: Record<string, string>, folder?: string): Promise<RunningServe> {
  const data = folder ?? (await mkdtemp(join(tmpdir(), 'mooring-serve-')));
  const running = runCommand(process.execPath, [join(ROOT, 'packages/mooring/dist/main.js'), 'serve'], {
    PATH: process.env.PATH,
    MOORING_DATA: data,
    MOORING_LISTEN: `127.0.0.1:${ports.front}`,
    MOORING_INTERNAL_LISTEN: `127.0.0.1:${ports.internal}`,
    ...env,
  });
  const [front, internal] = [ports.front, ports.internal].map((port) => `http://127.0.0.1:${port}`) as [string, string];
  const dispose = async (): Promise<void> => {
    await running.end('SIGTERM');
    searchDataFolder(data);
    await rm(data, { recursive: true, force: true });
  };
  const answers = (origin: string): Promise<Answer | undefined> => ask(origin, '/healthz').catch(() => undefined);
  try {
    await running.waitFor(async () => Boolean((await answers(internal)) && (await answers(front))), 'both listeners');
  } catch (error) {
    await dispose();
    throw error;
  }
  const readyz = async () => {
    const answer = await ask(internal, '/readyz');
    return { status: answer.status, checks: answer.json().checks as Record<string, { ok: boolean; message?: string }> };
  };
  return {
    ...running,
    data,
    front,
    internal,
    readyz,
    dispose,
    ready: () => running.waitFor(async () => (await readyz()).status === 200, 'readyz to be 200'),
  };
}
