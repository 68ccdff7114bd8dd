#!/usr/bin/env node
// Makes an image that stands in for node:20-bookworm-slim where that can't be pulled, to build deploy/ from: Debian's smallest system by
// debootstrap, with this machine's Node, npm and certificate authorities. node scripts/debian-base.mjs TAG imports it into the Docker Engine
// that DOCKER_HOST names. The file system is kept in the cache folder (a minute's work). Needs root and debootstrap (scripts/install-test-parts.sh).
// With --least it is only what deploy/Dockerfile runs, unpacked from this Debian's own packages (some seconds): no apt, so nothing for deploy/domains.
import { execFileSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  realpathSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { parseArgs } from 'node:util';

const MIRROR = process.env.DEBIAN_MIRROR ?? 'http://deb.debian.org/debian';
/** Where npm and pnpm find who signs for a site's own mirror of the registry, too. */
const AUTHORITIES = 'etc/ssl/certs/ca-certificates.crt';
/** What no program reads; a third of the whole. */
const UNREAD = ['usr/share/doc', 'usr/share/locale', 'usr/share/man', 'usr/share/info', 'var/lib/apt/lists', 'var/cache/apt/archives'];

/** A shell, the programs that deploy/Dockerfile calls, and what Node is linked with; what they depend on comes with them. */
const LEAST = ['dash', 'coreutils', 'libstdc++6'];
const ONLY_NEEDED = ['recommends', 'suggests', 'conflicts', 'breaks', 'replaces', 'enhances'].map((relation) => `--no-${relation}`);
/** Debian's are links since bookworm, which its packages take for granted. */
const MERGED = ['bin', 'lib', 'lib64', 'sbin'];
/** As in the images of Node. */
const USERS = 'root:x:0:0:root:/root:/bin/sh\nnode:x:1000:1000::/home/node:/bin/sh\n';

/** On stderr, since stdout is for who runs this. */
const run = (command, args, options = {}) => execFileSync(command, args, { stdio: ['ignore', 2, 2], ...options });

function bootstrap(root) {
  run('debootstrap', ['--variant=minbase', 'bookworm', root, MIRROR]);
  for (const path of UNREAD) rmSync(join(root, path), { recursive: true, force: true });
}

function dependencies() {
  const said = execFileSync('apt-cache', ['depends', '--recurse', ...ONLY_NEEDED, ...LEAST], { encoding: 'utf8' });
  return [...new Set(said.split('\n').filter((line) => /^[a-z]/.test(line)))];
}

/** Debian's packages by their files alone: none is configured, and nothing knows afterwards which they were. */
function unpack(root) {
  for (const name of MERGED) {
    mkdirSync(join(root, 'usr', name), { recursive: true });
    symlinkSync(`usr/${name}`, join(root, name));
  }
  for (const name of ['etc', 'home/node', 'root', 'tmp']) mkdirSync(join(root, name), { recursive: true });
  const packages = `${root}.packages`;
  mkdirSync(packages);
  const download = () => run('apt-get', ['download', '--quiet', '-o', 'APT::Sandbox::User=root', ...dependencies()], { cwd: packages });
  try {
    download();
  } catch {
    // A new machine may have no list of packages, or one that is too old.
    run('apt-get', ['update', '--quiet']);
    download();
  }
  for (const file of readdirSync(packages)) run('dpkg-deb', ['--extract', join(packages, file), root]);
  writeFileSync(join(root, 'etc/passwd'), USERS);
}

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

function makeFileSystem(file, addDebian) {
  const folder = mkdtempSync(join(tmpdir(), 'mooring-debian-'));
  const root = join(folder, 'root');
  try {
    addDebian(root);
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

function main({ values: { least }, positionals: [tag] }) {
  if (tag === undefined) throw new Error('say what the image is to be called: node scripts/debian-base.mjs mooring/debian-node');
  if (process.getuid?.() !== 0) throw new Error('only root can make a file system of Debian');
  const cache = join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'mooring');
  mkdirSync(cache, { recursive: true, mode: 0o700 });
  const file = join(cache, `debian-${least ? 'least' : 'bookworm'}-node-${process.version}-${process.arch}.tar`);
  if (!existsSync(file)) makeFileSystem(file, least ? unpack : bootstrap);
  run('docker', ['import', '--change', 'CMD ["node"]', file, tag]);
}

try {
  main(parseArgs({ options: { least: { type: 'boolean' } }, allowPositionals: true }));
} catch (error) {
  process.stderr.write(`debian-base: ${error.message}\n`);
  process.exit(1);
}
