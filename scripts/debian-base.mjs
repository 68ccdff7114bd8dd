#!/usr/bin/env node
// Makes an image that stands in for node:20-bookworm-slim where that can't be pulled, to build deploy/ from: Debian's smallest system by
// debootstrap, with this machine's Node, npm and certificate authorities. node scripts/debian-base.mjs TAG imports it into the Docker Engine
// that DOCKER_HOST names. The file system is kept in the cache folder (a minute's work). Needs root and debootstrap (scripts/install-test-parts.sh).
import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, realpathSync, renameSync, rmSync, symlinkSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

const MIRROR = process.env.DEBIAN_MIRROR ?? 'http://deb.debian.org/debian';
/** Where npm and pnpm find who signs for a site's own mirror of the registry, too. */
const AUTHORITIES = 'etc/ssl/certs/ca-certificates.crt';
/** What no program reads; a third of the whole. */
const UNREAD = ['usr/share/doc', 'usr/share/locale', 'usr/share/man', 'usr/share/info', 'var/lib/apt/lists', 'var/cache/apt/archives'];

/** On stderr, since stdout is for who runs this. */
const run = (command, args) => execFileSync(command, args, { stdio: ['ignore', 2, 2] });

/** The folder of the npm that belongs to this machine's PATH. */
function npmFolder() {
  const npm = realpathSync(execFileSync('sh', ['-c', 'command -v npm'], { encoding: 'utf8' }).trim());
  return dirname(dirname(npm));
}

function addNode(root) {
  const [bin, modules] = [join(root, 'usr/local/bin'), join(root, 'usr/local/lib/node_modules')];
  mkdirSync(modules, { recursive: true });
  cpSync(process.execPath, join(bin, 'node'));
  cpSync(npmFolder(), join(modules, 'npm'), { recursive: true });
  for (const name of ['npm', 'npx']) symlinkSync(`../lib/node_modules/npm/bin/${name}-cli.js`, join(bin, name));
}

function addAuthorities(root) {
  if (!existsSync(`/${AUTHORITIES}`)) return;
  mkdirSync(dirname(join(root, AUTHORITIES)), { recursive: true });
  cpSync(`/${AUTHORITIES}`, join(root, AUTHORITIES));
}

function makeFileSystem(file) {
  const folder = mkdtempSync(join(tmpdir(), 'mooring-debian-'));
  const root = join(folder, 'root');
  try {
    run('debootstrap', ['--variant=minbase', 'bookworm', root, MIRROR]);
    for (const path of UNREAD) rmSync(join(root, path), { recursive: true, force: true });
    addNode(root);
    addAuthorities(root);
    // By a name of its own first: who looks for the file finds all of it or none.
    const part = `${file}.${process.pid}`;
    run('tar', ['--create', '--file', part, '--directory', root, '.']);
    renameSync(part, file);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function main(tag) {
  if (tag === undefined) throw new Error('say what the image is to be called: node scripts/debian-base.mjs mooring/debian-node');
  if (process.getuid?.() !== 0) throw new Error('only root can run debootstrap');
  const cache = join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'mooring');
  mkdirSync(cache, { recursive: true, mode: 0o700 });
  const file = join(cache, `debian-bookworm-node-${process.version}-${process.arch}.tar`);
  if (!existsSync(file)) makeFileSystem(file);
  run('docker', ['import', '--change', 'CMD ["node"]', file, tag]);
}

try {
  main(process.argv[2]);
} catch (error) {
  process.stderr.write(`debian-base: ${error.message}\n`);
  process.exit(1);
}
