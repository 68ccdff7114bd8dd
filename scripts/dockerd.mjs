#!/usr/bin/env node
// Runs a Docker Engine of its own for tests: node scripts/dockerd.mjs FOLDER. It prints the Engine's address as soon as that answers, and ends
// the Engine when it is told to stop, or when its stdin ends. Needs root and Docker's Engine (scripts/install-test-parts.sh).
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { createWriteStream, existsSync, readdirSync, readFileSync } from 'node:fs';
import { request } from 'node:http';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

/** What a machine may not allow is given up step by step. */
const ATTEMPTS = [[], ['--iptables=false', '--ip6tables=false'], ['--iptables=false', '--ip6tables=false', '--storage-driver=vfs']];
const ANSWERS_WITHIN_MS = 15_000;
const ENDS_WITHIN_MS = 10_000;
const FOLDER = resolve(process.argv[2] ?? '.');

/** @type {import('node:child_process').ChildProcess | undefined} */
let engine;
let stopping = false;

const answers = (socketPath) =>
  new Promise((done) => {
    const asked = request({ socketPath, path: '/_ping', timeout: 1_000 }, (answer) => done(answer.resume().statusCode === 200));
    asked.on('error', () => done(false)).on('timeout', () => asked.destroy());
    asked.end();
  });

const runs = (child) => child.exitCode === null && child.signalCode === null;

async function end(child) {
  if (!runs(child)) return;
  const ended = once(child, 'exit');
  child.kill('SIGTERM');
  const kill = setTimeout(() => child.kill('SIGKILL'), ENDS_WITHIN_MS);
  await ended;
  clearTimeout(kill);
}

/** Whether the Engine answers; otherwise it has ended. */
async function start(folder, socket, options) {
  const log = createWriteStream(join(folder, 'log'), { flags: 'a' });
  await once(log, 'open');
  const own = ['data-root', 'exec-root'].map((name) => `--${name}=${join(folder, name)}`);
  const args = [...own, `--pidfile=${join(folder, 'pid')}`, `--host=unix://${socket}`, ...options];
  const child = spawn('dockerd', args, { stdio: ['ignore', log, log], detached: true });
  const failed = await Promise.race([once(child, 'spawn').then(() => undefined), once(child, 'error').then(([error]) => error)]);
  if (failed) throw new Error(`dockerd can't be started (${failed.code}); install it (Debian: apt-get install docker.io)`);
  engine = child;
  const deadline = Date.now() + ANSWERS_WITHIN_MS;
  while (runs(child) && Date.now() < deadline && !stopping) {
    if (await answers(socket)) return true;
    await sleep(50);
  }
  await end(child);
  return false;
}

const lastWords = (folder) => readFileSync(join(folder, 'log'), 'utf8').trim().split('\n').slice(-3).join('\n');

async function main(folder) {
  if (process.getuid?.() !== 0) throw new Error('only root can start dockerd');
  if (existsSync('/var/run/docker.pid'))
    throw new Error("another Docker Engine runs on this machine, and two would take each other's network");
  const socket = join(folder, 'docker.sock');
  for (const options of ATTEMPTS) {
    if (await start(folder, socket, options)) return process.stdout.write(`unix://${socket}\n`);
    if (stopping) return;
  }
  throw new Error(`dockerd doesn't come up; the end of its log:\n${lastWords(folder)}`);
}

/** The Engine leaves a mount behind for containers with the machine's network, and who removes its folder would be stopped by it. */
function unmount(folder) {
  const names = join(folder, 'exec-root', 'netns');
  if (existsSync(names)) for (const name of readdirSync(names)) spawnSync('umount', ['--lazy', join(names, name)], { stdio: 'ignore' });
}

async function stop() {
  stopping = true;
  if (engine) await end(engine);
  unmount(FOLDER);
  process.exit();
}
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.once(signal, () => void stop());
// Whoever started this may be killed without a word.
process.stdin.resume().once('end', () => void stop());

try {
  await main(FOLDER);
} catch (error) {
  process.stderr.write(`dockerd: ${error.message}\n`);
  process.exit(1);
}
