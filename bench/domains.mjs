// Stacks' domains: the table and its files from metadata, and a change's way into the real HAProxy, by the number of stacks.
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { oneChange } from './domains-change.mjs';
import { figure, median, table } from './figures.mjs';
import { ask } from './http.mjs';

const mooring = createRequire(new URL('../packages/mooring/package.json', import.meta.url));
const MAIN = fileURLToPath(new URL('../packages/mooring/dist/main.js', import.meta.url));
const SIZES = [100, 1_000, 3_000];
const ROUNDS = 15;
const CHANGES = 10;
/** Changes of which the product's whole CPU time is taken. */
const BURST = 30;
const PORT = 18_490;
const SETTINGS = { domain: 'dev.test', label: 'map-public-http', proxyLabel: 'send-proxy', proxy: 'haproxy' };
/** A change that takes no reload, whatever the number of stacks. */
const CHANGE_MS = 16;
const CHANGE_KB = 4;
/** What rancher-haproxy takes to make its files for 3,000 stacks. */
const THEIRS_MS = 32;
const haproxy = [process.env.HAPROXY_BIN, '/usr/sbin/haproxy', '/usr/local/sbin/haproxy'].find((path) => path && existsSync(path));

const container = (stack, number, port) => ({
  name: `${stack}-web-${number}`,
  uuid: `00000000-0000-4000-8000-${String(number).padStart(12, '0')}`,
  primary_ip: '127.0.0.1',
  state: 'running',
  health_state: 'healthy',
  service_name: 'web',
  stack_name: stack,
  labels: { 'map-public-http': String(port), 'io.rancher.stack.name': stack, 'io.rancher.container.uuid': `u${number}` },
});
const stacks = (count, port) => Array.from({ length: count }, (_, number) => container(`app-r${number}`, number, port));

function time(act) {
  const startedAt = performance.now();
  act();
  return performance.now() - startedAt;
}

/** The whole of it: from parsed metadata to the texts of both files. */
async function regenerate(count) {
  const { buildTable, renderBackends, renderMap } = await import(mooring.resolve('@mooring/domains'));
  const told = { containers: stacks(count, 80), aliases: { 'app-r1': ['www'] } };
  const once = () => {
    const made = buildTable(told, SETTINGS);
    return renderBackends(made).length + renderMap(made).length;
  };
  for (let round = 0; round < 5; round++) once();
  return median(Array.from({ length: ROUNDS }, () => time(once)));
}

/** A metadata service with a long poll. */
async function openMetadata() {
  let containers = [];
  let version = 1;
  const waiting = new Set();
  const send = (response, value) => response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(value));
  const server = createServer((request, response) => {
    const url = new URL(request.url, 'http://metadata');
    if (url.pathname.endsWith('/containers')) return send(response, containers);
    if (!url.pathname.endsWith('/version')) return response.writeHead(404, { 'content-type': 'application/json' }).end('{}');
    if (url.searchParams.get('value') === String(version)) return waiting.add(response);
    send(response, String(version));
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${server.address().port}`,
    tell: (told) => {
      containers = told;
      version += 1;
      for (const response of waiting) send(response, String(version));
      waiting.clear();
    },
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}

async function until(condition) {
  for (const end = Date.now() + 60_000; !(await condition()); ) {
    if (Date.now() > end) throw new Error('waited 60 s in vain for a domain to answer');
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

/** CPU time of a process and of those that it has waited for, in ms: in hundredths of a second. */
function cpuOf(pid) {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return 10 * fields.slice(11, 15).reduce((sum, ticks) => sum + Number(ticks), 0);
}

/** How long a new container, and a new stack, take from the metadata's change to the first answer through HAProxy. */
async function live(count) {
  const metadata = await openMetadata();
  const old = createServer((_request, response) => response.end('old'));
  const fresh = createServer((_request, response) => response.end('new'));
  for (const server of [old, fresh]) await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  const folder = await mkdtemp(join(tmpdir(), 'mooring-bench-'));
  const told = stacks(count, old.address().port);
  metadata.tell([...told]);
  const options = ['domains', '--metadata', metadata.url, '--domain', SETTINGS.domain, '--out', folder, '--haproxy'];
  const env = { ...process.env, HAPROXY_BIN: haproxy, MOORING_DOMAINS_LISTEN: `127.0.0.1:${PORT}`, log_level: 'warn' };
  const child = spawn(process.execPath, [MAIN, ...options], { env, stdio: ['ignore', 'ignore', 'inherit'] });
  const exited = new Promise((resolve) => child.once('exit', resolve));
  const text = (stack) =>
    ask(`http://127.0.0.1:${PORT}`, '/', { headers: { host: `${stack}.${SETTINGS.domain}` } }).then(
      (answer) => answer.text,
      () => '',
    );
  try {
    await until(async () => (await text('app-r1')) === 'old');
    const times = { server: [], stack: [], burst: [] };
    const measure = async (kind, stack, number) => {
      told.push(container(stack, number, fresh.address().port));
      const startedAt = performance.now();
      metadata.tell([...told]);
      await until(async () => (await text(stack)) === 'new');
      times[kind].push(performance.now() - startedAt);
    };
    for (let change = 0; change < CHANGES; change++) {
      await measure('server', `app-r${change}`, count + 2 * change);
      await measure('stack', `new-r${change}`, count + 2 * change + 1);
    }
    const backends = join(folder, 'haproxy-backends.cfg');
    const areWritten = async () => (await readFile(backends, 'utf8')).includes(told.at(-1).uuid);
    await until(areWritten);
    const cpuBefore = cpuOf(child.pid);
    for (let change = 0; change < BURST; change++) await measure('burst', `app-r${CHANGES + change}`, count + 2 * CHANGES + change);
    await until(areWritten);
    const cpu = (cpuOf(child.pid) - cpuBefore) / BURST;
    const check = () => spawnSync(haproxy, ['-c', '-f', join(folder, 'mooring-haproxy/haproxy.run.cfg'), '-f', backends]);
    return { cpu, server: median(times.server), stack: median(times.stack), check: median(Array.from({ length: 5 }, () => time(check))) };
  } finally {
    child.kill('SIGTERM');
    await exited;
    metadata.close();
    for (const server of [old, fresh]) server.close();
    await rm(folder, { recursive: true, force: true });
  }
}

const HEADS = [
  'stacks',
  'files, ms',
  'haproxy -c, ms',
  'new container, ms',
  'new stack, ms',
  'a change, ms',
  'its kB',
  "Mooring's CPU, ms",
];

/** Everything that takes the real HAProxy. */
async function withHaproxy(size) {
  const changed = await live(size);
  const one = await oneChange(haproxy, stacks(size, 80), SETTINGS);
  return {
    figures: [
      figure(`domains.check_${size}_ms`, changed.check, 'ms'),
      figure(`domains.new_container_${size}_ms`, changed.server, 'ms', 1_000),
      figure(`domains.new_stack_${size}_ms`, changed.stack, 'ms', 1_000),
      figure(`domains.change_${size}_ms`, one.ms, 'ms', CHANGE_MS),
      figure(`domains.change_work_${size}_ms`, one.cpuMs, 'ms', CHANGE_MS),
      figure(`domains.change_written_${size}_kb`, one.kilobytes, 'kB', CHANGE_KB),
      figure(`domains.change_cpu_${size}_ms`, changed.cpu, 'ms'),
    ],
    cells: [changed.check, changed.server, changed.stack, one.ms, one.kilobytes, changed.cpu].map((value) => value.toFixed(1)),
  };
}

export async function domains(say) {
  if (!haproxy) say('HAProxy is not on this machine: only the files are measured');
  const rows = [HEADS];
  const figures = [];
  for (const size of SIZES) {
    say(`${size} stacks …`);
    const made = await regenerate(size);
    figures.push(figure(`domains.regenerate_${size}_ms`, made, 'ms', size === 3_000 ? THEIRS_MS : undefined));
    const changed = haproxy ? await withHaproxy(size) : { figures: [], cells: ['', '', '', '', '', ''] };
    figures.push(...changed.figures);
    rows.push([String(size), made.toFixed(1), ...changed.cells]);
  }
  return { text: table(rows), figures };
}
