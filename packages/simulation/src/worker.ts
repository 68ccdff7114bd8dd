import { plant } from './defects/defects.js';
import { DEFECTS } from './defects/names.js';
import { generateIdle } from './idle/generate.js';
import { run } from './run.js';
import { CHAOS_MS, generate } from './schedule/generate.js';
import { shrink } from './shrink.js';
import type { Order, Report } from './work.js';

/** A process of its own for some of the seeds: time, randomness and the network are the whole process'. */
const answer = (report: Report): void => void process.send?.(report);

async function work({ seed, defect, suite, isToShrink }: Order): Promise<Report> {
  const schedule = suite === 'idle' ? generateIdle(seed) : generate(seed);
  const found = DEFECTS.find((each) => each === defect);
  const result = await run({ seed, schedule, chaosMs: CHAOS_MS, defect: found, suite });
  if (!result.broken || !isToShrink) return { seed, events: schedule.length, result };
  const shrunk = await shrink({ seed, schedule, chaosMs: CHAOS_MS, defect: found, suite }, result.broken);
  return { seed, events: schedule.length, result, shrunk };
}

let planted = false;
process.on('message', (order: Order) => {
  if (!planted) plant(order.defect);
  planted = true;
  void work(order).then(answer);
});
