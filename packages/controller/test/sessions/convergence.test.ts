import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { launchHash } from '../../src/sessions/launch-hash.js';
import { type Observed, runningContainer } from '../../src/sessions/observed.js';
import { plan } from '../../src/sessions/plan.js';
import type { Step } from '../../src/sessions/step.js';
import { randomChoice } from './random-choice.js';
import { aSession } from './sample.js';
import { SimulatedWorld } from './simulated-world.js';

const SERVICE_STATES = ['registering', 'activating', 'active', 'inactive', 'deactivating', 'removing'];
const CONTAINER_STATES = [undefined, 'starting', 'running', 'stopped'];
const MOST_ROUNDS = 2000;

const start = fc.array(
  fc.record({
    service: fc.constantFrom(...SERVICE_STATES),
    container: fc.constantFrom(...CONTAINER_STATES),
    // What it launches: what is wanted, or something else.
    launch: fc.constantFrom(undefined, '0000000000000000'),
  }),
  { maxLength: 3 },
);
const wish = fc.constantFrom(
  {},
  { running: false },
  { deleting: true },
  { route: 'none' as const },
  { route: 'none' as const, deleting: true },
);

/** Plans, checks the step against what must always hold, does it; until nothing is left to do. */
function converge(world: SimulatedWorld, check: (step: Step, observed: Observed) => void): Step {
  const known: Pick<Observed, 'reach' | 'routed'> = {};
  let run: string | undefined;
  for (let round = 0; round < MOST_ROUNDS; round++) {
    const current = runningContainer(world.observe({}).services[0])?.run;
    if (current !== run) {
      run = current;
      known.reach = undefined;
      known.routed = undefined;
    }
    const observed = { ...world.observe(known), update: { forMs: world.upgradingFor, held: false } };
    const step = plan(world.session, observed);
    check(step, observed);
    if (step.type === 'settled' || world.recordGone) return step;
    if (step.type === 'probe') known.reach = { ok: world.answers, detail: '' };
    world.follow(world.observe(known));
    if (step.type === 'confirmRoute') known.routed = { ok: world.route !== undefined && world.route === run, detail: '' };
    world.apply(step);
    world.progress();
  }
  throw new Error(`not settled after ${MOST_ROUNDS} rounds: ${JSON.stringify(world.services)}`);
}

describe('plan and act, again and again', () => {
  it('settles from any state, whatever Rancher loses or doubles, and breaks no rule on the way', () => {
    fc.assert(
      fc.property(start, wish, fc.integer(), (services, wanted, seed) => {
        const session = aSession(wanted);
        const world = new SimulatedWorld(session, randomChoice(seed));
        for (const { service, container, launch } of services) world.add(service, container, launch);
        const last = converge(world, (step) => {
          // Nobody's request meets a dying container.
          if (step.type === 'remove' || step.type === 'deactivate') expect(world.route).not.toBe(step.service.containers[0]?.run ?? 'none');
          // What runs is never replaced by what would be launched today.
          if (session.spec.running && !session.metadata.deletionTimestamp && step.type === 'remove' && step.service === world.services[0])
            expect(runningContainer(step.service)).toBeUndefined();
          // What is to run is never stopped, and the one that serves is never removed for another.
          if (session.spec.running && !session.metadata.deletionTimestamp) expect(step.type).not.toBe('deactivate');
          // The record goes last.
          if (step.type === 'finalize') expect(world.services).toEqual([]);
        });
        const serving = world.services.filter(({ state }) => state !== 'removing');
        if (session.metadata.deletionTimestamp) expect(world.recordGone).toBe(true);
        else if (session.spec.running) {
          expect(last.type).toBe('settled');
          expect(serving).toHaveLength(1);
          expect(runningContainer(serving[0])).toBeDefined();
          if (session.spec.route.type === 'cookie') expect(world.route).toBe(runningContainer(serving[0])?.run);
        } else {
          expect(world.route).toBeUndefined();
          for (const service of serving) expect(service.state).toBe('inactive');
        }
      }),
      { numRuns: 500 },
    );
  });
});

describe('an update, planned and done again and again', () => {
  const services = fc.array(
    fc.record({
      service: fc.constantFrom('active', 'active', 'activating', 'inactive', 'updating-active'),
      container: fc.constantFrom(...CONTAINER_STATES),
    }),
    { minLength: 1, maxLength: 1 },
  );

  it('ends with what was wanted or with what was before, and never with both or none', () => {
    fc.assert(
      fc.property(services, fc.constantFrom({}, { running: false }, { route: 'none' as const }), fc.integer(), (given, wish, seed) => {
        const session = aSession({ ...wish, update: 'Asked' });
        const world = new SimulatedWorld(session, randomChoice(seed));
        for (const { service, container } of given) world.add(service === 'updating-active' ? 'active' : service, container);
        const last = converge(world, (step) => {
          // Nobody's request meets a container that is being replaced, and nothing is removed for an update while it runs.
          if (step.type === 'upgrade' || step.type === 'rollback') expect(world.route).toBeUndefined();
          if (step.type === 'remove' && step.service === world.services[0]) expect(runningContainer(step.service)).toBeUndefined();
        });
        expect(last.type).toBe('settled');
        const [service, ...others] = world.services.filter(({ state }) => state !== 'removing');
        expect(others).toEqual([]);
        if (!wish.running && 'running' in wish) return expect(service?.state).toBe('inactive');
        expect(world.session.spec.update).toBeUndefined();
        expect(['active', 'finishing-upgrade']).toContain(service?.state);
        expect(runningContainer(service)).toBeDefined();
        expect(service?.launch).toBe(launchHash(world.session.spec.launch));
      }),
      { numRuns: 500 },
    );
  });
});
