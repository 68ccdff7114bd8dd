import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect } from '@jest/globals';
import { ROOT } from './support/command.js';
import { COMPOSE_FILES, SITE } from './support/compose.js';
import { withPart } from './support/real-parts.js';

const UNITS = ['mooring.service', 'mooring-backup.service', 'mooring-backup.timer'];
const itComposes = withPart('docker-compose', existsSync('/usr/bin/docker-compose'));
const itVerifies = withPart('systemd-analyze', existsSync('/usr/bin/systemd-analyze'));

/** The files of deploy/ as the programs that they are for read them; what they run, image.test.ts and doctor.test.ts do. */
describe('the files of deploy/', () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'mooring-units-'));
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  itComposes.each(COMPOSE_FILES)('%s is one', (file) => {
    const { status, stderr } = spawnSync('docker-compose', ['--file', join(ROOT, file), 'config', '--quiet'], {
      env: { ...process.env, ...SITE },
      encoding: 'utf8',
    });
    // It tells of each variable that nothing sets.
    expect([status, stderr]).toEqual([0, '']);
  });

  itVerifies('the units are ones', async () => {
    // Where no /usr/bin/node is, the units themselves are right.
    const copies = UNITS.map((name) => join(folder, name));
    for (const [index, name] of UNITS.entries()) {
      const text = await readFile(join(ROOT, 'deploy/systemd', name), 'utf8');
      await writeFile(copies[index] as string, text.replaceAll('/usr/bin/node', process.execPath));
    }
    const { status, stderr } = spawnSync('systemd-analyze', ['verify', ...copies], { encoding: 'utf8' });
    expect([status, stderr]).toEqual([0, '']);
  });
});
