#!/usr/bin/env node
// Builds the images of deploy/ with Docker (DOCKER_HOST): node scripts/images.mjs [--base IMAGE] [mooring] [domains], both where none is named.
// IMAGE takes the place of node:20-bookworm-slim; scripts/debian-base.mjs makes one where that can't be pulled. The build uses this machine's
// network, its registry and its certificate authorities, by arguments that are in no layer.
import { execFileSync, spawnSync } from 'node:child_process';
import { dirname } from 'node:path';
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

const BUILDS = {
  mooring: (base) =>
    build([...(base === undefined ? [] : ['--build-arg', `NODE=${base}`]), '-f', 'deploy/Dockerfile', '-t', 'mooring', '.']),
  domains: () => build(['-f', 'deploy/domains/Dockerfile', '-t', 'mooring/domains', 'deploy/domains']),
};

try {
  const { values, positionals } = parseArgs({ options: { base: { type: 'string' } }, allowPositionals: true });
  const names = positionals.length > 0 ? positionals : Object.keys(BUILDS);
  for (const name of names) {
    if (BUILDS[name] === undefined) throw new Error(`there is no image ${JSON.stringify(name)}: ${Object.keys(BUILDS).join(', ')}`);
    BUILDS[name](values.base);
    const image = name === 'mooring' ? name : `mooring/${name}`;
    const size = Number(execFileSync('docker', ['image', 'inspect', '--format', '{{.Size}}', image], { env, encoding: 'utf8' }));
    console.log(`${image} ${Math.round(size / 1e6)} MB`);
  }
} catch (error) {
  process.stderr.write(`images: ${error.message}\n`);
  process.exit(1);
}
