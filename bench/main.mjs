#!/usr/bin/env node
// Runs the benchmarks, or those named: npm run bench -- first-answer --json figures.json. Tables go to stdout, progress to stderr, and the figures
// of those that ran into docs/performance.md, where it isn't called off (--no-write). A goal
// that is missed is said, and no failure: what else the machine does has its part in it.
import { readFileSync, writeFileSync } from 'node:fs';
import { cpus, loadavg, totalmem } from 'node:os';
import { parseArgs } from 'node:util';
import { containers } from './containers.mjs';
import { dashboard } from './dashboard.mjs';
import { direct } from './direct.mjs';
import { domains } from './domains.mjs';
import { events } from './events.mjs';
import { figureTable } from './figures.mjs';
import { firstAnswer } from './first-answer.mjs';
import { front } from './front.mjs';
import { idle } from './idle.mjs';
import { loop } from './loop.mjs';
import { describeMachine, withFigures } from './performance-page.mjs';
import { pool } from './pool.mjs';
import { rollout } from './rollout.mjs';
import { traefik } from './traefik.mjs';

/** Each answers {text, figures: [{id, value, unit, goal?, ok?}]}; the id of a figure begins with the benchmark's name. */
const BENCHMARKS = {
  'first-answer': firstAnswer,
  containers,
  dashboard,
  direct,
  domains,
  events,
  front,
  idle,
  loop,
  pool,
  rollout,
  traefik,
};

const { values, positionals } = parseArgs({
  options: { json: { type: 'string' }, 'no-write': { type: 'boolean' } },
  allowPositionals: true,
});
const unknown = positionals.filter((name) => !(name in BENCHMARKS));
if (unknown.length > 0) {
  console.error(`There is no benchmark ${unknown.join(', ')}; there are: ${Object.keys(BENCHMARKS).join(', ')}`);
  process.exit(2);
}

const PAGE = new URL('../docs/performance.md', import.meta.url);
const machine = { cpus: cpus().length, model: cpus()[0]?.model, memory: totalmem(), node: process.version };
const [load] = loadavg();
const figures = [];
for (const [name, run] of Object.entries(BENCHMARKS)) {
  if (positionals.length > 0 && !positionals.includes(name)) continue;
  const result = await run((text) => console.error(`${name}: ${text}`));
  figures.push(...result.figures);
  console.log(`${result.text}\n`);
}
console.log(`${describeMachine(machine)}; load ${load.toFixed(1)} before\n${figureTable(figures)}`);
if (!values['no-write']) writeFileSync(PAGE, withFigures(readFileSync(PAGE, 'utf8'), figures, { ...machine, load }));
if (values.json) {
  writeFileSync(values.json, `${JSON.stringify({ machine, figures }, null, 2)}\n`);
}
