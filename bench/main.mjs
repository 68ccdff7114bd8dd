#!/usr/bin/env node
// Runs the benchmarks, or those named: npm run bench -- first-answer. Figures go to stdout, progress to stderr.
import { firstAnswer } from './first-answer.mjs';

const BENCHMARKS = { 'first-answer': firstAnswer };

const wanted = process.argv.slice(2);
const unknown = wanted.filter((name) => !(name in BENCHMARKS));
if (unknown.length > 0) {
  console.error(`There is no benchmark ${unknown.join(', ')}; there are: ${Object.keys(BENCHMARKS).join(', ')}`);
  process.exitCode = 2;
} else {
  for (const [name, run] of Object.entries(BENCHMARKS)) {
    if (wanted.length === 0 || wanted.includes(name)) console.log(await run((text) => console.error(`${name}: ${text}`)));
  }
}
