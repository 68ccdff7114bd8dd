import { run } from './run.js';
import { CHAOS_MS, generate } from './schedule/generate.js';

const [seeds, from] = [Number(process.argv[2] ?? 1), Number(process.argv[3] ?? 1)];
for (let seed = from; seed < from + seeds; seed++) {
  const t = process.cpuUsage().user;
  const r = await run(seed, generate(seed), CHAOS_MS);
  console.log(
    seed,
    r.broken ? JSON.stringify(r.broken) : 'ok',
    r.sessions,
    r.convergedMs,
    (process.cpuUsage().user - t) / 1e3,
    seeds === 1 ? r.trace : '',
  );
}
