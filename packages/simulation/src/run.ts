import type { Defect } from './defects/names.js';
import { seedProcess } from './determinism/seeded-process.js';
import { settle, VirtualTime } from './determinism/virtual-time.js';
import { type Broken, Verdict } from './rules/broken.js';
import { isNameTaken, unconverged } from './rules/convergence.js';
import type { Scheduled } from './schedule/events.js';
import { NEWCOMERS, PEOPLE } from './schedule/generate.js';
import type { Suite } from './suite.js';
import { happen, mend } from './world/happen.js';
import { World } from './world/world.js';

export interface Run {
  seed: number;
  schedule: readonly Scheduled[];
  /** As long as things may go wrong, in virtual ms. */
  chaosMs: number;
  /** What is wrong with this Mooring. */
  defect?: Defect | undefined;
  suite?: Suite | undefined;
}

export interface RunResult {
  broken: Broken | undefined;
  /** How often each thing happened. */
  tally: [string, number][];
  /** How many there ever were. */
  sessions: number;
  /** Virtual milliseconds from the end of all trouble to convergence. */
  convergedMs: number | undefined;
  /** A fingerprint of the whole run: the same seed gives the same one. */
  trace: string;
}

const START = Date.UTC(2030, 0, 1);
/** Timers that run in one moment: more than that is a loop that turns on the spot. */
const TOO_MANY_STEPS = 5000;
/** From the end of all trouble. */
const CONVERGES_WITHIN_MS = 20 * 60_000;
const LOOK_EACH_MS = 1000;
/** So long nothing may be written once nothing is left to be done. */
const REST_MS = 11 * 60_000;

/** Lives through a schedule, and says whether a rule was broken. */
export async function run({ seed, schedule, chaosMs, defect, suite }: Run): Promise<RunResult> {
  const unseed = seedProcess(seed);
  const time = new VirtualTime(START);
  const verdict = new Verdict();
  const world = new World({ seed, people: PEOPLE + NEWCOMERS, verdict, defect, suite });
  try {
    await passing(time, world.start());
    for (const { atMs, event } of schedule) setTimeout(() => void Promise.resolve(happen(world, event)).catch(() => undefined), atMs);
    await goOn(time, world, chaosMs);
    const convergedMs = verdict.broken ? undefined : await converge(time, world);
    if (!verdict.broken) await rest(time, world);
    const trace = `${time.elapsedMs}/${world.writes}/${world.tally.entries().flat().join(',')}`;
    return { broken: verdict.broken, tally: world.tally.entries(), sessions: world.facts.ledger.sessions, convergedMs, trace };
  } finally {
    await passing(time, world.close());
    time.uninstall();
    unseed();
  }
}

/** Until a time comes or a rule is broken. */
async function goOn(time: VirtualTime, world: World, untilMs: number): Promise<void> {
  let isOver = false;
  setTimeout(() => {
    isOver = true;
  }, untilMs - time.elapsedMs);
  let [at, steps] = [time.elapsedMs, 0];
  while (!isOver && !world.facts.verdict.broken) {
    await time.step();
    steps = time.elapsedMs === at ? steps + 1 : 0;
    at = time.elapsedMs;
    if (steps > TOO_MANY_STEPS) world.facts.verdict.fail('time goes on', `${steps} timers in a row without any time passing`);
  }
}

/** Lets time go on until something has ended. */
async function passing(time: VirtualTime, work: Promise<void>): Promise<void> {
  let isOver = false;
  const ended = work.finally(() => {
    isOver = true;
  });
  await settle();
  while (!isOver) await time.step();
  await ended;
}

/** Nothing goes wrong any more: everything must become as it is recorded. Answers how long it took. */
async function converge(time: VirtualTime, world: World): Promise<number | undefined> {
  const since = time.elapsedMs;
  await passing(time, mend(world));
  for (;;) {
    await goOn(time, world, time.elapsedMs + LOOK_EACH_MS);
    const { verdict } = world.facts;
    const why = verdict.broken ? undefined : await unfinished(world);
    if (verdict.broken) return undefined;
    if (why === undefined) return time.elapsedMs - since;
    if (time.elapsedMs - since > CONVERGES_WITHIN_MS) {
      verdict.fail('it converges', why);
      return undefined;
    }
  }
}

const unfinished = async (world: World): Promise<string | undefined> =>
  unconverged(world.facts, await world.wanted()) ?? world.site?.stay.unsettled(world.facts);

/** At rest nothing is written anywhere. */
async function rest(time: VirtualTime, world: World): Promise<void> {
  // Who can't get their name is not waited for, and may leave at any time: then what has it is found to be theirs.
  const wasTaken = isNameTaken(world.facts);
  // What was wished last may still be on its way through the stream.
  await goOn(time, world, time.elapsedMs + REST_MS / 2);
  const before = world.writes;
  await goOn(time, world, time.elapsedMs + REST_MS);
  const { verdict } = world.facts;
  if (world.writes > before && !wasTaken && !isNameTaken(world.facts))
    verdict.fail('at rest nothing is written', `${world.writes - before} writes in ${REST_MS / 60_000} minutes`);
  const why = await unfinished(world);
  if (why !== undefined) verdict.fail('what has converged stays so', why);
}
