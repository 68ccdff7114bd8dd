import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const MAIN = fileURLToPath(new URL('../packages/mooring/dist/main.js', import.meta.url));
const BASE = '18480';

/** `mooring start` with the demo image and a data folder of its own; resolves when it is ready. */
export async function startMooring(settings) {
  const data = await mkdtemp(join(tmpdir(), 'mooring-bench-'));
  const env = { ...process.env, MOORING_IMAGE: 'mooring/demo', MOORING_PORT_BASE: BASE, MOORING_DATA: data, ...settings };
  const child = spawn(process.execPath, [MAIN, 'start'], { env, stdio: ['ignore', 'pipe', 'inherit'] });
  const exited = new Promise((resolve) => child.once('exit', resolve));
  await new Promise((resolve, reject) => {
    child.stdout.on('data', (chunk) => String(chunk).includes('ready: ') && resolve());
    void exited.then((code) => reject(new Error(`mooring start ended with ${code}`)));
  });
  const base = Number(env.MOORING_PORT_BASE);
  return {
    base,
    pid: child.pid,
    data,
    origin: `http://127.0.0.1:${base}`,
    stop: async () => {
      child.kill('SIGTERM');
      await exited;
      await rm(data, { recursive: true, force: true });
    },
  };
}
