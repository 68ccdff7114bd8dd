#!/usr/bin/env node
// Makes the checkout ready to run: installs the locked packages and compiles, each only where stale.
// Runs before every npm script, so it uses Node's built-ins only and keeps stdout for the script that follows.
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

const ROOT = dirname(dirname(fileURLToPath(import.meta.url)));
const PNPM = 'pnpm@10.34.9';
const STAMP = join(ROOT, 'node_modules', '.mooring-setup');
const PACKAGES = readdirSync(join(ROOT, 'packages')).filter((name) => existsSync(join(ROOT, 'packages', name, 'package.json')));

const say = (text) => process.stderr.write(`setup: ${text}\n`);

/** How long a tool that was told to stop may take, in ms. */
const STOP_MS = 4_000;

/** The tool that runs now: the leader of a process group of its own, since npx and pnpm don't hand signals on to what they start. */
let tool;
let stopping = false;

/** Whether it reached anybody of the group. */
function signalGroup(leader, signal) {
  try {
    return process.kill(-leader, signal);
  } catch {
    return false;
  }
}

/** Ends what the tool's group still holds: kindly, then not. */
async function endGroup(leader) {
  signalGroup(leader, 'SIGTERM');
  const deadline = Date.now() + STOP_MS;
  while (signalGroup(leader, 0) && Date.now() < deadline) await sleep(50);
  signalGroup(leader, 'SIGKILL');
}

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
  process.on(signal, () => {
    if (stopping) return;
    stopping = true;
    if (tool !== undefined) void endGroup(tool.pid);
  });
}

/** Runs a command with its stdout on our stderr; rejects with a sentence when it fails. */
async function run(command, args) {
  if (stopping) throw new Error('stopped');
  const env = { ...process.env, npm_config_update_notifier: 'false' };
  tool = spawn(command, args, { cwd: ROOT, stdio: ['ignore', 2, 2], env, detached: true });
  const [code, signal] = await once(tool, 'exit').catch((error) => {
    throw new Error(`${command} can't be started: ${error.message}`);
  });
  if (stopping) {
    await endGroup(tool.pid);
    throw new Error('stopped');
  }
  if (code !== 0) throw new Error(`${command} ${args.join(' ')} ended with ${signal ?? `exit code ${code}`}`);
}

/** A hash of what the installation follows from: the lock file, the manifests, the workspace settings. */
function manifestHash() {
  const hash = createHash('sha256');
  const files = ['pnpm-lock.yaml', 'pnpm-workspace.yaml', 'package.json', ...PACKAGES.map((name) => `packages/${name}/package.json`)];
  for (const file of files)
    hash
      .update(`${file}\0`)
      .update(readFileSync(join(ROOT, file)))
      .update('\0');
  return hash.update(process.version.split('.')[0]).digest('hex');
}

/** The newest change, in ms since the epoch, of any file below a folder. */
function newest(folder) {
  let latest = 0;
  for (const entry of readdirSync(folder, { withFileTypes: true, recursive: true })) {
    if (entry.isFile()) latest = Math.max(latest, statSync(join(entry.parentPath ?? entry.path, entry.name)).mtimeMs);
  }
  return latest;
}

/** tsc -b finds by itself what is stale, but takes most of a second to say "nothing": ask the clock first. */
function compiled() {
  return PACKAGES.every((name) => {
    const folder = join(ROOT, 'packages', name);
    const built = join(folder, 'dist', '.tsbuildinfo');
    if (!existsSync(built)) return false;
    const sources = Math.max(
      newest(join(folder, 'src')),
      statSync(join(folder, 'tsconfig.json')).mtimeMs,
      statSync(join(ROOT, 'tsconfig.base.json')).mtimeMs,
    );
    return sources <= statSync(built).mtimeMs;
  });
}

/** Whether a package's own links to what it depends on are there: somebody may have taken them away. */
function linked(name) {
  const folder = join(ROOT, 'packages', name);
  const { dependencies = {} } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
  return Object.keys(dependencies).length === 0 || existsSync(join(folder, 'node_modules'));
}

async function install() {
  const wanted = manifestHash();
  if (PACKAGES.every(linked) && existsSync(STAMP) && readFileSync(STAMP, 'utf8') === wanted) return false;
  say('installing packages (once; a change of the lock file repeats it) …');
  await run('npx', ['--yes', PNPM, 'install', '--frozen-lockfile', '--prefer-offline', '--reporter=append-only']);
  mkdirSync(dirname(STAMP), { recursive: true });
  writeFileSync(STAMP, wanted);
  return true;
}

async function main() {
  if (Number(process.versions.node.split('.')[0]) < 20)
    throw new Error(`Node ${process.versions.node} is too old: Mooring needs Node 20 or newer`);
  const installed = await install();
  if (!installed && compiled()) return;
  say('compiling …');
  await run(process.execPath, [join(ROOT, 'node_modules', 'typescript', 'bin', 'tsc'), '-b']);
}

try {
  await main();
} catch (error) {
  say(`failed: ${error.message}`);
  process.exitCode = stopping ? 130 : 1;
}
