#!/usr/bin/env node
// Runs every test, or those that jest's own arguments choose: npm test -- --selectProjects unit
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = dirname(dirname(fileURLToPath(import.meta.url)));
// What tests make that is secret, and what is logged meanwhile, for scripts/jest-leaks.mjs.
const watch = mkdtempSync(join(tmpdir(), 'mooring-leak-watch-'));
const child = spawn(
  process.execPath,
  [
    '--experimental-vm-modules',
    '--disable-warning=ExperimentalWarning',
    join(ROOT, 'node_modules', 'jest', 'bin', 'jest.js'),
    ...process.argv.slice(2),
  ],
  { cwd: ROOT, stdio: ['ignore', 'inherit', 'inherit'], env: { ...process.env, LEAK_WATCH: watch } },
);
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => child.kill(signal));
child.once('exit', (code) => {
  rmSync(watch, { recursive: true, force: true });
  process.exitCode = code ?? 1;
});
