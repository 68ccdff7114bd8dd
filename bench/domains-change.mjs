// One change among many stacks: from parsed metadata until the real HAProxy has it, in time, CPU time and bytes written.
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { median } from './figures.mjs';

const mooring = createRequire(new URL('../packages/mooring/package.json', import.meta.url));
const { Haproxy, TableBuilder, systemClock } = await import(mooring.resolve('@mooring/domains'));
const { pino } = await import(mooring.resolve('pino'));
const PORT = 18_491;
const CHANGES = 60;

/** All that this process has written: to files and to sockets. */
const written = () => Number(/^wchar: (\d+)$/m.exec(readFileSync('/proc/self/io', 'utf8'))[1]);

function cpuMs() {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

function launch(program, args) {
  const child = spawn(program, args, { stdio: 'ignore' });
  const exited = new Promise((resolve) => child.once('exit', resolve));
  const stop = () => {
    child.kill('SIGTERM');
    return exited;
  };
  return { kill: stop, stop };
}

/** A container more, elsewhere, and away again, of one stack after the other. */
function changed(containers, number) {
  const turn = Math.floor(number / 3);
  const one = containers[turn];
  const more = { ...one, uuid: `11111111-0000-4000-8000-${String(turn).padStart(12, '0')}`, primary_ip: '127.0.0.2' };
  return [[...containers, more], [...containers, { ...more, primary_ip: '127.0.0.3' }], containers][number % 3];
}

async function measure(act) {
  const before = [performance.now(), cpuMs(), written()];
  await act();
  const after = [performance.now(), cpuMs(), written()];
  const [ms, cpu, bytes] = after.map((value, at) => value - before[at]);
  return { ms, cpu, bytes };
}

/** The median change. */
export async function oneChange(program, containers, settings) {
  const folder = await mkdtemp(join(tmpdir(), 'mooring-bench-'));
  const at = (name) => join(folder, name);
  const haproxy = new Haproxy({
    program,
    paths: { template: at('haproxy.cfg'), backends: at('backends.cfg'), map: at('domain.map'), folder },
    values: { domainMap: at('domain.map'), listen: `127.0.0.1:${PORT}`, listenSsl: `127.0.0.1:${PORT + 1}` },
    launch,
    clock: systemClock,
    logger: pino({ level: 'silent' }),
  });
  const tables = new TableBuilder(settings);
  const told = (list) => JSON.parse(JSON.stringify({ containers: list, aliases: { 'app-r1': ['www'] } }));
  try {
    await haproxy.open();
    await haproxy.apply(tables.build(told(containers)));
    const changes = [];
    for (let number = 0; number < CHANGES; number++) {
      const next = told(changed(containers, number));
      changes.push(
        await measure(async () => {
          const by = await haproxy.apply(tables.build(next));
          if (by !== 'commands') throw new Error(`a change that takes no reload came into effect by: ${by}`);
        }),
      );
    }
    const of = (what) => median(changes.map((change) => change[what]));
    return { ms: of('ms'), cpuMs: of('cpu'), kilobytes: of('bytes') / 1000 };
  } finally {
    await haproxy.close();
    await rm(folder, { recursive: true, force: true });
  }
}
