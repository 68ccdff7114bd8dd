import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import type { Environment } from '../../src/config/sources.js';
import { JUPYTER_ASSETS } from '../../src/jupyter/assets.js';
import { jupyterImage } from '../../src/jupyter/image.js';
import { findJupyter, type JupyterSetUp, provideJupyter } from '../../src/provision/jupyter.js';
import { fakePython } from '../support/fake-python.js';
import { scratch } from '../support/scratch.js';

const python = (version: string, pip = 'echo "Collecting x"; echo "Installing collected packages: x"'): string => `for last; do :; done
case "$1 $2" in
  "-c "*) echo ${version}; echo /usr ;;
  "-m venv") mkdir -p "$last/bin" ;;
  "-m pip") ${pip} ;;
esac`;

async function setUp(environment: Environment): Promise<JupyterSetUp & { notes: string[] }> {
  const notes: string[] = [];
  return {
    environment,
    cache: await scratch(),
    progress: { note: (text) => notes.push(text) },
    signal: new AbortController().signal,
    notes,
  };
}

describe('providing JupyterLab', () => {
  it('installs the pinned packages once, and tells how far it is', async () => {
    const { calls, environment } = await fakePython(python('3.12'));
    const asked = await setUp(environment);
    expect(await findJupyter(asked)).toBeUndefined();
    const path = await provideJupyter(asked);
    expect(path).toMatch(/jupyter-[0-9a-f]{12}\/bin\/python$/);
    const made = (await calls()).filter((call) => call.startsWith('-m'));
    expect(made).toHaveLength(2);
    expect(made[1]).toContain(`--no-deps --only-binary :all: --progress-bar off --requirement ${JUPYTER_ASSETS.requirements}`);
    expect(asked.notes).toContainEqual(expect.stringContaining('packages in place'));
    const config = join(path, '..', '..', 'etc', 'jupyter', 'labconfig', 'page_config.json');
    expect(JSON.parse(await readFile(config, 'utf8'))).toHaveProperty('disabledExtensions');
    expect(await provideJupyter(asked)).toBe(path);
    expect(await findJupyter(asked)).toBe(path);
    expect((await calls()).filter((call) => call.startsWith('-m'))).toHaveLength(2);
  });

  it('tells what is wrong, and the ways out', async () => {
    const { environment } = await fakePython(python('3.12', 'echo "No matching distribution found for jupyterlab" >&2; exit 1'));
    await expect(provideJupyter(await setUp(environment))).rejects.toThrow(
      /can't be installed: python3 -m pip .*failed \(1\)[\s\S]*No matching distribution[\s\S]*MOORING_IMAGE=mooring\/demo/,
    );
  });

  it('tells that Python is too old', async () => {
    const { environment } = await fakePython(python('3.9'));
    await expect(provideJupyter(await setUp(environment))).rejects.toThrow('python3 is Python 3.9, and JupyterLab needs 3.11 or later.');
    expect(await findJupyter(await setUp(environment))).toBeUndefined();
  });

  it('pins every package to one version', async () => {
    const lines = (await readFile(JUPYTER_ASSETS.requirements, 'utf8')).split('\n').filter((line) => line !== '' && !line.startsWith('#'));
    expect(lines).toContainEqual(expect.stringMatching(/^jupyterlab==/));
    for (const line of lines) expect(line).toMatch(/^[A-Za-z0-9._-]+==[0-9][0-9A-Za-z.]*$/);
  });
});

describe("JupyterLab's image", () => {
  it('serves the volume at its own address, with the shared configuration', async () => {
    const { command, env } = jupyterImage('/venv/bin/python');
    expect(command.slice(0, 3)).toEqual(['/venv/bin/python', '-m', 'jupyterlab']);
    expect(command).toEqual(
      expect.arrayContaining([
        '--ServerApp.ip={ip}',
        '--ServerApp.port={port}',
        '--ServerApp.root_dir={volume:/home/work}',
        `--config=${JUPYTER_ASSETS.serverConfig}`,
      ]),
    );
    expect(env).toMatchObject({ HOME: '{volume:/home/work}' });
    expect(await readFile(JUPYTER_ASSETS.serverConfig, 'utf8')).toContain('base_url = "/narrative/"');
  });
});
