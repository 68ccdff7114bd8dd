#!/usr/bin/env node
// Builds the images of deploy/ with Docker (DOCKER_HOST): node scripts/images.mjs [--base IMAGE] [--compiled] [mooring] [domains], both where none is
// named. IMAGE takes the place of node:20-bookworm-slim; scripts/debian-base.mjs makes one where that can't be pulled. With --compiled the build is
// given what this checkout has compiled, and compiles nothing again: for tests, since a checkout may hold what its sources no longer do. The
// build uses this machine's network, its registry and its certificate authorities, by arguments that are in no layer.
import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const ROOT = dirname(dirname(fileURLToPath(import.meta.url)));
const ARGUMENTS = ['npm_config_registry', 'NODE_EXTRA_CA_CERTS'];

/** The builder that every Docker Engine has; Debian's has no other. */
const env = { ...process.env, DOCKER_BUILDKIT: '0' };

function build(args) {
  // Without a value, docker takes it from the environment.
  const passed = ARGUMENTS.filter((name) => process.env[name] !== undefined).flatMap((name) => ['--build-arg', name]);
  const { status, error } = spawnSync('docker', ['build', '--network=host', ...passed, ...args], {
    cwd: ROOT,
    env,
    stdio: ['ignore', 2, 2],
  });
  if (error !== undefined) throw new Error(`docker can't be started (${error.code})`);
  if (status !== 0) throw new Error(`docker build ended with exit code ${status}`);
}

/** What setup.mjs makes and looks for, so that it has nothing to do where these are there. */
const COMPILED = ['**/dist', '**/*.tsbuildinfo'];
const INSTALLED = 'node_modules/.mooring-setup';

/** Which files .dockerignore keeps out but those that are compiled. It has names at the top, and, after `**`, names anywhere. */
function ignored() {
  const lines = readFileSync(join(ROOT, '.dockerignore'), 'utf8').split('\n');
  const patterns = lines.filter((line) => line !== '' && !COMPILED.includes(line));
  const anywhere = new Set(patterns.filter((line) => line.startsWith('**/')).map((line) => line.slice('**/'.length)));
  const atTop = new Set(patterns);
  return (path) => anywhere.has(basename(path)) || atTop.has(path) || /^\.[^/]/.test(path);
}

/** The files that are sent to Docker, and what was compiled from them, with their times, by which setup.mjs tells that they are up to date. */
function copyCompiled(folder) {
  const isIgnored = ignored();
  cpSync(ROOT, folder, { recursive: true, preserveTimestamps: true, filter: (path) => path === ROOT || !isIgnored(relative(ROOT, path)) });
  mkdirSync(join(folder, dirname(INSTALLED)));
  cpSync(join(ROOT, INSTALLED), join(folder, INSTALLED));
}

function buildMooring({ base, compiled }) {
  const args = [...(base === undefined ? [] : ['--build-arg', `NODE=${base}`]), '-f', 'deploy/Dockerfile', '-t', 'mooring'];
  if (!compiled) return build([...args, '.']);
  const folder = mkdtempSync(join(tmpdir(), 'mooring-compiled-'));
  try {
    copyCompiled(folder);
    build([...args, folder]);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const BUILDS = {
  mooring: buildMooring,
  domains: () => build(['-f', 'deploy/domains/Dockerfile', '-t', 'mooring/domains', 'deploy/domains']),
};

try {
  const { values, positionals } = parseArgs({
    options: { base: { type: 'string' }, compiled: { type: 'boolean' } },
    allowPositionals: true,
  });
  const names = positionals.length > 0 ? positionals : Object.keys(BUILDS);
  for (const name of names) {
    if (BUILDS[name] === undefined) throw new Error(`there is no image ${JSON.stringify(name)}: ${Object.keys(BUILDS).join(', ')}`);
    BUILDS[name](values);
    const image = name === 'mooring' ? name : `mooring/${name}`;
    const size = Number(execFileSync('docker', ['image', 'inspect', '--format', '{{.Size}}', image], { env, encoding: 'utf8' }));
    console.log(`${image} ${Math.round(size / 1e6)} MB`);
  }
} catch (error) {
  process.stderr.write(`images: ${error.message}\n`);
  process.exit(1);
}
