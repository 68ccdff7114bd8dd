import { createHash } from 'node:crypto';
import { copyFile, mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Environment } from '../config/sources.js';
import { JUPYTER_ASSETS } from '../jupyter/assets.js';
import type { Progress } from '../progress.js';
import { fillOnce, isFilled } from './once.js';
import { explain, PYTHON, runPython } from './python.js';

/** As its requirements file says it. */
const OLDEST_PYTHON = '3.11';
const INSTALL_MS = 15 * 60_000;
const NOTE_EVERY_MS = 5_000;

class JupyterMissingError extends Error {
  override readonly name = 'JupyterMissingError';
  readonly code = 'JupyterMissing';
}

export interface JupyterSetUp {
  environment: Environment;
  cache: string;
  progress: Progress;
  signal: AbortSignal;
}

/** `3.11`, with the place where that Python is, so that a virtual environment is never used by another Python. */
async function pythonIdentity({ environment, signal }: JupyterSetUp): Promise<{ version: string; key: string }> {
  const program = 'import sys; print("%d.%d" % sys.version_info[:2]); print(sys.base_prefix)';
  const [version = '', prefix = ''] = await runPython(['-c', program], { environment, signal, deadlineMs: 30_000 });
  return { version, key: `${version} ${prefix}` };
}

function refuseOld(version: string): void {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  const [oldMajor = 0, oldMinor = 0] = OLDEST_PYTHON.split('.').map(Number);
  if (major < oldMajor || (major === oldMajor && minor < oldMinor))
    throw new Error(`${PYTHON} is Python ${version}, and JupyterLab needs ${OLDEST_PYTHON} or later.`);
}

/** Counts what pip fetches, so that the waiting has an end in sight. */
function countingNotes(total: number, progress: Progress): (line: string) => void {
  let seen = 0;
  let last = Date.now();
  return (line) => {
    if (line.startsWith('Installing collected packages')) progress.note(`JupyterLab: putting ${total} packages in place …`);
    if (!line.startsWith('Collecting ')) return;
    seen += 1;
    if (Date.now() - last < NOTE_EVERY_MS) return;
    last = Date.now();
    progress.note(`JupyterLab: ${seen} of ${total} packages fetched …`);
  };
}

async function install(folder: string, { environment, progress, signal }: JupyterSetUp, requirements: string): Promise<void> {
  const total = requirements.split('\n').filter((line) => line.includes('==')).length;
  progress.note('JupyterLab: installing into a virtual environment (once; about 220 MB, some 30 s) …');
  await runPython(['-m', 'venv', '--clear', '--without-pip', folder], { environment, signal, deadlineMs: INSTALL_MS });
  const pip = ['-m', 'pip', '--python', join(folder, 'bin', 'python'), 'install', '--no-input', '--disable-pip-version-check'];
  const options = ['--no-deps', '--only-binary', ':all:', '--progress-bar', 'off', '--requirement', JUPYTER_ASSETS.requirements];
  await runPython([...pip, ...options], { environment, signal, deadlineMs: INSTALL_MS, onLine: countingNotes(total, progress) });
  const labConfig = join(folder, 'etc', 'jupyter', 'labconfig');
  await mkdir(labConfig, { recursive: true });
  await copyFile(JUPYTER_ASSETS.pageConfig, join(labConfig, 'page_config.json'));
}

interface Place {
  folder: string;
  python: string;
  requirements: string;
}

/** Where in the cache it is, by what it consists of. */
async function locate(setUp: JupyterSetUp): Promise<Place> {
  const requirements = await readFile(JUPYTER_ASSETS.requirements, 'utf8');
  const page = await readFile(JUPYTER_ASSETS.pageConfig, 'utf8');
  const { version, key } = await pythonIdentity(setUp);
  refuseOld(version);
  const id = createHash('sha256').update([requirements, page, key].join('\0')).digest('hex').slice(0, 12);
  const folder = join(setUp.cache, `jupyter-${id}`);
  return { folder, python: join(folder, 'bin', 'python'), requirements };
}

/** The Python of the virtual environment with JupyterLab, if it was installed before. */
export async function findJupyter(setUp: JupyterSetUp): Promise<string | undefined> {
  const place = await locate(setUp).catch(() => undefined);
  setUp.signal.throwIfAborted();
  return place && (await isFilled(place.folder)) ? place.python : undefined;
}

/**
 * Sees to it that the cache holds a virtual environment with JupyterLab.
 *
 * @returns the path of its Python.
 * @throws JupyterMissingError that says what to do.
 */
export async function provideJupyter(setUp: JupyterSetUp): Promise<string> {
  try {
    const { folder, python, requirements } = await locate(setUp);
    await fillOnce(folder, () => install(folder, setUp, requirements), setUp.signal);
    return python;
  } catch (error) {
    setUp.signal.throwIfAborted();
    throw new JupyterMissingError(
      `JupyterLab can't be installed: ${explain(error)}\nIt needs ${PYTHON} ${OLDEST_PYTHON} or later with pip (Debian: apt-get install python3 python3-pip) and PyPI; or set MOORING_IMAGE=mooring/demo to try Mooring without it.`,
    );
  }
}
