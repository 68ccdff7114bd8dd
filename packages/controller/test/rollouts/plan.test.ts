import { describe, expect, it } from '@jest/globals';
import { isEnd, type Rollout, type RolloutService } from '@mooring/resources';
import fc from 'fast-check';
import { isInFlight, plan, type RolloutObserved } from '../../src/rollouts/plan.js';
import type { Target } from '../../src/rollouts/target.js';
import { NOW, observed, rollout, target } from './sample.js';

const phases = (services: readonly RolloutService[]): Record<string, string> =>
  Object.fromEntries(services.map(({ id, phase }) => [id, phase]));
const acts = (given: ReturnType<typeof plan>): string[] => given.acts.map((act) => `${act.do} ${act.service.id}`);
/** The Rollout after a step was recorded. */
const after = (given: Rollout, seen: RolloutObserved): Rollout => ({ ...given, status: plan(given, seen).status });

describe('which services', () => {
  const planned = (targets: Target[], spec: Partial<Rollout['spec']> = {}) =>
    phases(plan(rollout(spec), observed(targets)).status.services);

  it('are those with the label, in either spelling, that run the same repository', () => {
    expect(
      planned([
        target('1s1'),
        target('1s2', { labels: new Set(['autoupdate.enabled']) }),
        target('1s3', { labels: new Set(['other']) }),
        target('1s4', { images: ['acme/web2:1.0'] }),
        target('1s5', { images: ['registry.example/acme/web:1.0'] }),
        target('1s6', { isSession: true }),
        target('1s7', { gone: true }),
        target('1s8', { images: ['acme/db:9', 'acme/web:1.0'] }),
      ]),
    ).toEqual({ '1s1': 'Upgrading', '1s2': 'Upgrading', '1s8': 'Upgrading' });
  });

  it('are those of the environments and the stack that are named', () => {
    const prod = { id: '1a7', name: 'production' };
    const targets = [target('1s1'), target('1s2', { environment: prod })];
    const selector = { labels: ['autoupdate.enable'], environments: ['^prod'] };
    expect(planned(targets, { selector })).toEqual({ '1s2': 'Upgrading' });
    expect(planned(targets, { selector: { ...selector, environments: ['.*'], stack: 'elsewhere' } })).toEqual({});
  });

  it('are left as they are where it is no upgrade, and it is said why', () => {
    const step = plan(rollout(), observed([target('1s1', { images: ['acme/web:3.0'] }), target('1s2', { images: ['acme/web:main'] })]));
    expect(step.acts).toEqual([]);
    expect(step.status.phase).toBe('Complete');
    expect(step.status.services.map(({ phase, message }) => [phase, message])).toEqual([
      ['Unchanged', '2.0 is older than 3.0, which runs.'],
      ['Unchanged', "It can't be told whether 2.0 is newer than main, which runs: main is no version."],
    ]);
  });

  it('are looked for until every environment was listed', () => {
    const step = plan(rollout(), observed([], { complete: false }));
    expect(step.status).toMatchObject({
      phase: 'Progressing',
      conditions: [{ message: expect.stringContaining('not every environment') }],
    });
    expect(plan(rollout(), observed([])).status).toMatchObject({ phase: 'Complete' });
  });
});

describe('the course of a service', () => {
  const begun = (spec: Partial<Rollout['spec']> = {}) => after(rollout(spec), observed([target('1s1')]));
  const up = (given: Partial<Target>): Target => target('1s1', { images: ['acme/web:2.0'], revision: 'new', ...given });
  const next = (given: Rollout, seen: Target | undefined, now = NOW) => {
    const step = plan(given, observed(seen ? [seen] : [], { now, listed: new Set(['1a5']) }));
    return { ...step.status.services[0], acts: acts(step), rollout: step.status.phase };
  };
  const LATE = NOW + 30_000;

  it('is recorded before it is asked for', () => {
    const step = plan(rollout(), observed([target('1s1', { revision: 'r0' })]));
    expect(acts(step)).toEqual(['upgrade 1s1']);
    expect(step.status.services[0]).toMatchObject({ phase: 'Upgrading', revision: 'r0', taken: false, from: ['acme/web:1.0'] });
  });

  it.each<[string, Partial<Rollout['spec']>, Target | undefined, number, object]>([
    ['a crash came before it was asked for', {}, target('1s1'), NOW, { phase: 'Upgrading', acts: ['upgrade 1s1'] }],
    ['it is on its way', {}, up({ state: 'upgrading' }), NOW, { phase: 'Upgrading', taken: true, acts: [] }],
    ['it is upgraded', {}, up({ state: 'upgraded' }), NOW, { phase: 'Finishing', acts: ['finishupgrade 1s1'] }],
    [
      'it is upgraded, not to be confirmed',
      { confirm: false },
      up({ state: 'upgraded' }),
      NOW,
      { phase: 'Upgraded', acts: [], rollout: 'Complete' },
    ],
    ['somebody finished it', {}, up({}), NOW, { phase: 'Upgraded', rollout: 'Complete' }],
    ['somebody finishes it', {}, up({ state: 'finishing-upgrade' }), NOW, { phase: 'Finishing', acts: [] }],
    ['it is initializing', {}, up({ state: 'upgraded', health: 'initializing' }), NOW, { phase: 'Upgrading', acts: [] }],
    ['it is initializing for too long', {}, up({ state: 'upgraded', health: 'initializing' }), LATE, { phase: 'Held', rollout: 'Failed' }],
    ['it is unhealthy', {}, up({ state: 'upgraded', health: 'unhealthy' }), NOW, { phase: 'Held', acts: [] }],
    [
      'it is unhealthy',
      { onFailure: 'rollback' },
      up({ state: 'upgraded', health: 'unhealthy' }),
      NOW,
      { phase: 'RollingBack', acts: ['rollback 1s1'] },
    ],
    [
      'it takes too long',
      {},
      up({ state: 'upgrading', message: 'no such image' }),
      LATE,
      { phase: 'Held', message: expect.stringContaining('no such image') },
    ],
    ['it takes too long', { onFailure: 'rollback' }, up({ state: 'upgrading' }), LATE, { phase: 'RollingBack', acts: ['rollback 1s1'] }],
    ['it is canceled here', { canceled: true }, up({ state: 'upgrading' }), NOW, { phase: 'RollingBack', acts: ['rollback 1s1'] }],
    ['it is canceled here', { canceled: true }, up({ state: 'upgraded' }), NOW, { phase: 'RollingBack', acts: ['rollback 1s1'] }],
    ['it is canceled before it began', { canceled: true }, target('1s1'), NOW, { phase: 'Skipped', rollout: 'Canceled' }],
    ['it is being canceled at Rancher', {}, up({ state: 'canceling-upgrade' }), NOW, { phase: 'Upgrading', acts: [] }],
    ['it was canceled at Rancher', {}, up({ state: 'canceled-upgrade' }), NOW, { phase: 'Held' }],
    ['it is rolled back at Rancher', {}, up({ state: 'rolling-back' }), NOW, { phase: 'RollingBack', acts: [] }],
    ['it can not be begun', {}, target('1s1', { state: 'restarting' }), LATE, { phase: 'Failed', rollout: 'Failed' }],
    ['it is gone', {}, undefined, NOW, { phase: 'Skipped' }],
    ['somebody else has upgraded it to another image', {}, up({ images: ['acme/web:1.5'], state: 'upgraded' }), NOW, { phase: 'Waiting' }],
  ])('when %s (%j)', (_what, ...given) => {
    const [spec, seen, now, expected] = given;
    const base = begun();
    expect(next({ ...base, spec: { ...base.spec, ...spec } }, seen, now)).toMatchObject(expected);
  });

  it('ends when somebody has rolled it back', () => {
    const taken = after(begun(), observed([up({ state: 'upgrading' })]));
    expect(next(taken, target('1s1'))).toMatchObject({ phase: 'RolledBack', acts: [] });
  });

  it('ends when Rancher refuses it', () => {
    const step = plan(
      begun(),
      observed([target('1s1')], { refused: new Map([['1a5/1s1', 'Rancher refuses its upgrade: InvalidReference.']]) }),
    );
    expect(step.status.services[0]).toMatchObject({ phase: 'Failed', message: expect.stringContaining('InvalidReference') });
  });

  it('is finished once, and asked for again where that got lost', () => {
    const finishing = after(begun(), observed([up({ state: 'upgraded' })]));
    expect(next(finishing, up({ state: 'upgraded' })).acts).toEqual(['finishupgrade 1s1']);
    expect(next(finishing, up({ state: 'finishing-upgrade' })).acts).toEqual([]);
    expect(next(finishing, up({}))).toMatchObject({ phase: 'Upgraded', rollout: 'Complete' });
    expect(next(finishing, up({ state: 'canceled-upgrade' }))).toMatchObject({ phase: 'Held' });
    expect(next(finishing, up({ state: 'finishing-upgrade' }), LATE)).toMatchObject({ phase: 'Held' });
  });

  it('goes back, and says why', () => {
    const back = after(begun({ onFailure: 'rollback' }), observed([up({ state: 'upgrading' })], { now: LATE }));
    expect(next(back, up({ state: 'rolling-back' }), LATE).acts).toEqual([]);
    expect(next(back, target('1s1'), LATE)).toMatchObject({
      phase: 'RolledBack',
      message: expect.stringContaining('not upgraded within 30 s'),
      rollout: 'Failed',
    });
    expect(next(back, up({}), LATE)).toMatchObject({ phase: 'Held', message: expect.stringContaining('finished meanwhile') });
    expect(next(back, up({ state: 'rolling-back' }), LATE + 300_000)).toMatchObject({ phase: 'Held' });
  });
});

describe('the line', () => {
  it('has so many under way at once, and only what can be upgraded', () => {
    const targets = [
      target('1s1', { state: 'inactive' }),
      target('1s2'),
      target('1s3'),
      target('1s4'),
      target('1s5', { state: 'upgraded' }),
    ];
    const step = plan(rollout({ strategy: { atOnce: 2, environments: 'Together' } }), observed(targets));
    expect(phases(step.status.services)).toEqual({
      '1s1': 'Waiting',
      '1s2': 'Upgrading',
      '1s3': 'Upgrading',
      '1s4': 'Waiting',
      '1s5': 'Waiting',
    });
    expect(step.status.services[0]?.message).toContain('inactive');
    expect(step.status.services[4]?.message).toContain('finished or rolled back');
  });

  it('waits for another Rollout that is at it', () => {
    const step = plan(rollout(), observed([target('1s1')], { busy: new Map([['1a5/1s1', 'db-3']]) }));
    expect(step.status.services[0]).toMatchObject({ phase: 'Waiting', message: 'Rollout db-3 is at it.' });
  });

  it('lets what can not be started have its new image', () => {
    const step = plan(rollout(), observed([target('1s1', { state: 'activating', transitioning: 'error' })]));
    expect(acts(step)).toEqual(['upgrade 1s1']);
  });

  it('gives way to a later Rollout of a newer version, and not to one of an older', () => {
    const waiting = (newer: Rollout[]) =>
      plan(rollout({ strategy: { atOnce: 1, environments: 'Together' } }), observed([target('1s1'), target('1s2')], { newer })).status
        .services;
    const first = after(rollout({ strategy: { atOnce: 1, environments: 'Together' } }), observed([target('1s1'), target('1s2')]));
    const later = (image: string) => rollout({ image }, { name: 'later', madeAt: NOW + 1 });
    const seen = [target('1s1', { state: 'upgrading', revision: 'new', images: ['acme/web:2.0'] }), target('1s2')];
    expect(plan(first, observed(seen, { newer: [later('acme/web:3.0')] })).status.services[1]).toMatchObject({
      phase: 'Skipped',
      message: 'Superseded by later, which brings acme/web:3.0.',
    });
    expect(plan(first, observed(seen, { newer: [later('acme/web:1.5')] })).status.services[1]).toMatchObject({ phase: 'Waiting' });
    expect(waiting([])).toHaveLength(2);
  });

  it('goes from environment to environment, and stops at one that fails', () => {
    const [dev, prod] = [
      { id: '1a5', name: 'dev' },
      { id: '1a7', name: 'prod' },
    ];
    const inOrder = rollout({
      selector: { labels: ['autoupdate.enable'], environments: ['^dev', '^prod'] },
      strategy: { atOnce: 5, environments: 'InOrder' },
    });
    const [first, second] = [target('1s1', { environment: dev }), target('1s1', { environment: prod })];
    const begun = after(inOrder, observed([second, first]));
    expect(begun.status.services.map(({ environment, phase }) => [environment.name, phase])).toEqual([
      ['dev', 'Upgrading'],
      ['prod', 'Waiting'],
    ]);
    const done = { ...first, images: ['acme/web:2.0'], revision: 'new' };
    expect(plan(begun, observed([done, second])).status.services.map(({ phase }) => phase)).toEqual(['Upgraded', 'Upgrading']);
    const bad = { ...done, state: 'upgraded', health: 'unhealthy' };
    expect(plan(begun, observed([bad, second])).status).toMatchObject({
      phase: 'Failed',
      services: [{ phase: 'Held' }, { phase: 'Skipped' }],
    });
    expect(plan(inOrder, observed([second], { complete: false })).acts).toEqual([]);
  });
});

const STATES = [
  'active',
  'upgrading',
  'upgraded',
  'finishing-upgrade',
  'rolling-back',
  'canceling-upgrade',
  'canceled-upgrade',
  'inactive',
  'restarting',
];
const someTarget = fc.record({
  state: fc.constantFrom(...STATES),
  health: fc.constantFrom('healthy', 'unhealthy', 'initializing'),
  revision: fc.constantFrom('0', 'new'),
  images: fc.constantFrom(['acme/web:1.0'], ['acme/web:2.0'], ['acme/web:main']),
});

describe('whatever is seen in whatever order', () => {
  it('never has more under way than may be, never goes on from an end, and asks for nothing that was not recorded', () => {
    fc.assert(
      fc.property(
        fc.array(fc.array(someTarget, { minLength: 4, maxLength: 4 }), { minLength: 1, maxLength: 8 }),
        fc.integer({ min: 1, max: 3 }),
        (rounds, atOnce) => {
          let current = rollout({ strategy: { atOnce, environments: 'Together' }, onFailure: 'rollback' });
          for (const [round, seen] of rounds.entries()) {
            const step = plan(
              current,
              observed(
                seen.map((given, index) => target(`1s${index}`, given)),
                { now: NOW + round * 11_000 },
              ),
            );
            expect(step.status.services.filter(isInFlight).length).toBeLessThanOrEqual(atOnce);
            for (const [index, service] of current.status.services.entries())
              if (isEnd(service.phase)) expect(step.status.services[index]).toEqual(service);
            for (const act of step.acts) expect(step.status.services).toContainEqual(act.service);
            current = { ...current, status: step.status };
          }
        },
      ),
    );
  });
});
