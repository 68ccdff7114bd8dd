import { describe, expect, it } from '@jest/globals';
import { type Session, WANTED_ANNOTATION } from '@mooring/resources';
import fc from 'fast-check';
import type { Verdict } from '../../src/activity/detector.js';
import { fateOf } from '../../src/activity/idleness.js';
import { type Observed, runningContainer } from '../../src/sessions/observed.js';
import { plan, wantsRoute } from '../../src/sessions/plan.js';
import type { Step } from '../../src/sessions/step.js';
import { aPolicy, START } from '../activity/sample.js';
import { randomChoice } from './random-choice.js';
import { aSession } from './sample.js';
import { SimulatedWorld } from './simulated-world.js';

const MOST_ROUNDS = 2000;
const ROUND_MS = 1000;
const LONG: Verdict = { type: 'quiet', forMs: 1_000_000_000 };

/** A session that was marked a while ago, with people who may come to it in any way at any moment. */
class UsedWorld extends SimulatedWorld {
  now = START;
  /** What nobody may end from then on. */
  inUse = false;
  /** What the detector knows. */
  verdict: Verdict | undefined;
  asked = false;

  idle(): Required<Pick<Observed, 'idle'>> {
    return { idle: { fate: fateOf(this.session, this.verdict, this.now), asked: this.asked } };
  }

  /** Through the front, which writes it down; or straight to the container where the route still leads to it. */
  come(): void {
    const straight = this.route !== undefined && this.pick(2) === 0;
    if (!straight) this.session.metadata.annotations[WANTED_ANNOTATION] = new Date(this.now).toISOString();
    this.inUse = true;
  }

  look(): void {
    this.verdict = this.inUse ? { type: 'active', at: this.now, source: 'jupyter' } : LONG;
  }

  constructor(
    session: Session,
    readonly pick: (bound: number) => number,
  ) {
    super(session, pick);
  }
}

function markedSession(action: 'Stop' | 'Delete'): Session {
  const marked = { type: 'Marked', status: 'True', reason: 'NotUsed', message: '', lastTransitionTime: new Date(START - 1).toISOString() };
  const session = aSession({ status: { phase: 'Ready', conditions: [marked] } });
  session.spec.idlePolicy = aPolicy({ action, graceSeconds: 0 });
  return session;
}

const isEnded = ({ session }: UsedWorld): boolean => !session.spec.running || session.metadata.deletionTimestamp !== undefined;

function converge(world: UsedWorld, comesToo: boolean, check: (step: Step) => void): Step {
  const known: Pick<Observed, 'reach' | 'routed'> = { reach: { ok: true, detail: '' } };
  let wanted = true;
  for (let round = 0; round < MOST_ROUNDS; round++) {
    world.now += ROUND_MS;
    if (comesToo && !world.inUse && !isEnded(world) && world.pick(6) === 0) world.come();
    if (world.pick(4) === 0) world.look();
    const observed = world.observe({ ...known, ...world.idle() });
    if (wantsRoute(world.session, observed) !== wanted) {
      wanted = !wanted;
      known.routed = undefined;
      world.asked = false;
    }
    // Traefik follows a moment later.
    if (world.pick(3) === 0) world.follow(observed);
    const step = plan(world.session, world.observe({ ...known, ...world.idle() }));
    // Whoever writes between the decision and the act has it fail.
    const isLate = step.type === 'end' && comesToo && !world.inUse && world.pick(4) === 0;
    if (isLate) world.come();
    else check(step);
    if (world.recordGone || (step.type === 'settled' && (world.verdict?.type === 'active' || isEnded(world)))) return step;
    if (step.type === 'confirmRoute') known.routed = { ok: world.route !== undefined, detail: '' };
    if (step.type === 'askSources') {
      world.look();
      world.asked = true;
    }
    if (!isLate) world.apply(step);
    world.progress();
  }
  throw new Error(`not settled after ${MOST_ROUNDS} rounds: ${JSON.stringify(world.services)}`);
}

describe('a marked session, and people who come or not', () => {
  it('ends in bounded time if nobody comes, never under the hands of who came, and has its route back then', () => {
    fc.assert(
      fc.property(fc.constantFrom('Stop' as const, 'Delete' as const), fc.boolean(), fc.integer(), (action, comesToo, seed) => {
        const world = new UsedWorld(markedSession(action), randomChoice(seed));
        world.add('active', 'running');
        world.follow(world.observe({ reach: { ok: true, detail: '' } }));
        let ends = 0;
        converge(world, comesToo, (step) => {
          if (step.type !== 'end') return;
          ends += 1;
          expect(world.inUse).toBe(false);
          expect(world.route).toBeUndefined();
          expect(world.asked).toBe(true);
        });
        if (world.inUse) expect([ends, world.route]).toEqual([0, runningContainer(world.services[0])?.run]);
        else if (action === 'Delete') expect(world.recordGone).toBe(true);
        else expect(world.services.map(({ state }) => state)).toEqual(['inactive']);
        expect(ends).toBe(world.inUse ? 0 : 1);
      }),
      { numRuns: 500 },
    );
  });
});
