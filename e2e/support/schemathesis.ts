import { createHash } from 'node:crypto';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { cacheFolder, makeCacheFolder } from '../../packages/mooring/src/provision/cache-folder.js';
import { fillOnce } from '../../packages/mooring/src/provision/once.js';
import { runPython } from '../../packages/mooring/src/provision/python.js';
import { runCommand } from './command.js';

const HERE = dirname(fileURLToPath(import.meta.url));
const REQUIREMENTS = join(HERE, 'schemathesis-requirements.txt');
const CONFIG = join(HERE, 'schemathesis.toml');
const INSTALL_MS = 5 * 60_000;

/** Installs schemathesis into a virtual environment in Mooring's cache, once; answers its program. */
async function provideSchemathesis(): Promise<string> {
  const requirements = await readFile(REQUIREMENTS, 'utf8');
  const environment = process.env as Record<string, string>;
  const signal = AbortSignal.timeout(INSTALL_MS);
  const id = createHash('sha256').update(requirements).digest('hex').slice(0, 12);
  const folder = join(await makeCacheFolder(cacheFolder(environment)), `schemathesis-${id}`);
  const options = { environment, signal, deadlineMs: INSTALL_MS };
  await fillOnce(
    folder,
    async () => {
      await runPython(['-m', 'venv', '--clear', '--without-pip', folder], options);
      const pip = ['-m', 'pip', '--python', join(folder, 'bin', 'python'), 'install', '--no-input', '--disable-pip-version-check'];
      await runPython([...pip, '--no-deps', '--only-binary', ':all:', '--progress-bar', 'off', '--requirement', REQUIREMENTS], options);
    },
    signal,
  );
  return join(folder, 'bin', 'schemathesis');
}

export interface Run {
  /** The description's address. */
  url: string;
  /** Arguments of `schemathesis run`. */
  args: string[];
  /** Names that parts of addresses have, by a regular expression that the path matches; what fits the schema elsewhere. */
  names?: Record<string, string>;
  withinMs: number;
}

const override = ([path, name]: [string, string]): string =>
  `[[operations]]\ninclude-path-regex = '${path}'\nparameters = { "path.name" = "${name}" }\n`;

/** Holds a server against its description: from one seed, so many examples an operation. Answers what it said; throws where it ends badly. */
export async function schemathesis({ url, args, names = {}, withinMs }: Run): Promise<string> {
  const program = await provideSchemathesis();
  const folder = await mkdtemp(join(tmpdir(), 'mooring-schemathesis-'));
  const config = join(folder, 'schemathesis.toml');
  const fixed = [
    '--checks',
    'all',
    '--seed',
    '1',
    '--max-examples',
    '8',
    '--phases',
    'examples,coverage,fuzzing',
    '--request-timeout',
    '10',
    '--generation-database',
    ':memory:',
  ];
  try {
    await writeFile(config, [await readFile(CONFIG, 'utf8'), ...Object.entries(names).map(override)].join('\n'));
    // It leaves what it finds in the folder that it is started in.
    const command = [`--chdir=${folder}`, program, '--config-file', config, 'run', url, ...fixed, ...args];
    const running = runCommand('env', command, { ...process.env, COLUMNS: '160' });
    const ended = new Promise<number | null>((resolve) => running.child.once('close', resolve));
    const timer = setTimeout(() => running.child.kill(), withinMs);
    const code = await ended.finally(() => clearTimeout(timer));
    const said = running.stdout() + running.stderr();
    if (code !== 0) throw new Error(`schemathesis ended with ${code}: ${said}`);
    return said;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
