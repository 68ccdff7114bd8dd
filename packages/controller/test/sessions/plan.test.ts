import { describe, expect, it } from '@jest/globals';
import type { IdlePolicy } from '@mooring/resources';
import type { Idle } from '../../src/activity/conditions.js';
import { describe as describeStatus } from '../../src/sessions/describe.js';
import { launchHash } from '../../src/sessions/launch-hash.js';
import type { Observed } from '../../src/sessions/observed.js';
import { plan, wantsRoute } from '../../src/sessions/plan.js';
import { aPolicy } from '../activity/sample.js';
import { aContainer, aService, aSession, observed } from './sample.js';

const OK = { ok: true, detail: '' };
const NO = { ok: false, detail: '' };
const none = aService({ containers: [] });

describe('plan, for a session that is to run', () => {
  const cases: [string, Observed, string][] = [
    ['nothing is there', observed([]), 'create'],
    ['the service is on its way', observed([aService({ state: 'activating', containers: [] })]), 'wait'],
    ['the service is active without a container', observed([none]), 'wait'],
    [
      'the service was deactivated',
      observed([aService({ state: 'inactive', containers: [aContainer({ state: 'stopped' })] })]),
      'activate',
    ],
    ['the container has stopped', observed([aService({ containers: [aContainer({ state: 'stopped' })] })]), 'startContainer'],
    ['the container is starting', observed([aService({ containers: [aContainer({ state: 'starting' })] })]), 'wait'],
    ['the container has no address yet', observed([aService({ containers: [aContainer({ ip: undefined })] })]), 'wait'],
    ['the container runs', observed([aService()]), 'probe'],
    ['the container does not answer', observed([aService()], { reach: NO }), 'probe'],
    ['the container answers', observed([aService()], { reach: OK }), 'confirmRoute'],
    ['the route leads elsewhere', observed([aService()], { reach: OK, routed: NO }), 'confirmRoute'],
    ['the route is live', observed([aService()], { reach: OK, routed: OK }), 'settled'],
    ['an old service is still being removed', observed([aService({ state: 'removing', containers: [] })]), 'wait'],
    [
      'the service is being removed while its container still runs',
      observed([aService({ state: 'removing' })], { reach: OK, routed: OK }),
      'wait',
    ],
    ['the service upgrades while its container serves', observed([aService({ state: 'upgrading' })], { reach: OK, routed: OK }), 'settled'],
  ];
  it.each(cases)('%s', (_name, what, step) => {
    expect(plan(aSession(), what).type).toBe(step);
  });

  it('removes the second of two services, which nobody was led to', () => {
    const step = plan(aSession(), observed([aService(), aService({ id: '1s2' })], { reach: OK, routed: OK }));
    expect(step).toMatchObject({ type: 'remove', service: { id: '1s2' } });
  });

  it('leaves a duplicate that is being removed alone', () => {
    expect(plan(aSession(), observed([aService(), aService({ id: '1s2', state: 'removing' })], { reach: OK, routed: OK })).type).toBe(
      'settled',
    );
  });

  it('asks nothing of a session without a route once its container runs', () => {
    expect(plan(aSession({ route: 'none' }), observed([aService()])).type).toBe('settled');
  });
});

describe('plan, for a service that can not start', () => {
  const stuck = (launch: string | undefined, state = 'activating') =>
    observed([aService({ state, transitioning: 'error', containers: [], launch })]);
  const same = launchHash(aSession().spec.launch);

  it('gives it up where something else is wanted by now, so that it is made anew', () => {
    expect(plan(aSession(), stuck('another')).type).toBe('deactivate');
    expect(plan(aSession(), stuck('another', 'deactivating')).type).toBe('wait');
    expect(plan(aSession(), stuck('another', 'inactive')).type).toBe('remove');
  });

  it('leaves it to Rancher to try again where the same is wanted, or nobody can tell', () => {
    expect(plan(aSession(), stuck(same)).type).toBe('wait');
    expect(plan(aSession(), stuck(undefined)).type).toBe('wait');
  });

  it('leaves what runs alone', () => {
    const running = observed([aService({ transitioning: 'error', launch: 'another' })], { reach: OK, routed: OK });
    expect(plan(aSession(), running).type).toBe('settled');
  });
});

describe('plan, for a session that is to stop or to go', () => {
  const stopping: [string, Observed, string][] = [
    ['the route may still lead to it', observed([aService()]), 'confirmRoute'],
    ['the route is still live', observed([aService()], { routed: OK }), 'confirmRoute'],
    ['the route is gone', observed([aService()], { routed: NO }), 'deactivate'],
    [
      'it can not start',
      observed([aService({ state: 'activating', transitioning: 'error', containers: [] })], { routed: NO }),
      'deactivate',
    ],
    ['it is deactivating', observed([aService({ state: 'deactivating', containers: [] })]), 'wait'],
    ['it is inactive', observed([aService({ state: 'inactive', containers: [aContainer({ state: 'stopped' })] })]), 'settled'],
    ['there was never a service', observed([]), 'settled'],
  ];
  it.each(stopping)('stop: %s', (_name, what, step) => {
    expect(plan(aSession({ running: false }), what).type).toBe(step);
  });

  const deleting: [string, Observed, string][] = [
    ['the route may still lead to it', observed([aService()]), 'confirmRoute'],
    ['the route is gone', observed([aService()], { routed: NO }), 'remove'],
    ['no container is seen, which proves nothing', observed([none]), 'confirmRoute'],
    ['no container is seen, and the route is gone', observed([none], { routed: NO }), 'remove'],
    ['it is being removed', observed([aService({ state: 'removing', containers: [] })]), 'wait'],
    ['nothing is left', observed([]), 'finalize'],
  ];
  it.each(deleting)('delete: %s', (_name, what, step) => {
    expect(plan(aSession({ deleting: true }), what).type).toBe(step);
  });
});

describe('plan, for a session whose service was upgraded to what it launches, and then canceled', () => {
  const launch = launchHash(aSession().spec.launch);
  const old = aContainer({ id: '1i9', launch: 'another', state: 'stopped' });
  const canceled = aService({ state: 'canceled-upgrade', launch, containers: [old, aContainer({ launch })] });
  const reached = { reach: OK, routed: OK };

  it('goes on with it, running or to be stopped: Rancher does not stop what is canceled', () => {
    expect(plan(aSession(), observed([canceled], reached))).toEqual({ type: 'continueUpgrade', service: canceled });
    expect(plan(aSession({ running: false }), observed([canceled], reached))).toEqual({ type: 'continueUpgrade', service: canceled });
  });

  it('replaces nothing that runs by it', () => {
    const running = aService({ ...canceled, containers: [{ ...old, state: 'running' }] });
    expect(plan(aSession({ running: false }), observed([running], reached)).type).toBe('wait');
  });
});

describe('plan, for a session that nobody uses', () => {
  const due = (rest: Partial<Idle> = {}) => ({ idle: { fate: { type: 'due' as const, action: 'Stop' as const }, ...rest } });
  const cases: [string, Observed, string][] = [
    ['it is only marked', observed([aService()], { reach: OK, routed: OK, idle: { fate: { type: 'marked', endsAt: 0 } } }), 'settled'],
    ['the route is still live', observed([aService()], { reach: OK, routed: OK, ...due() }), 'confirmRoute'],
    ['the route may still lead to it', observed([aService()], { reach: OK, ...due() }), 'confirmRoute'],
    ['the route is gone', observed([aService()], { reach: OK, routed: NO, ...due() }), 'askSources'],
    ['nobody knows of anybody', observed([aService()], { reach: OK, routed: NO, ...due({ asked: true }) }), 'end'],
    [
      'everybody was asked, and the route came back',
      observed([aService()], { reach: OK, routed: OK, ...due({ asked: true }) }),
      'confirmRoute',
    ],
  ];
  it.each(cases)('%s', (_name, what, step) => {
    expect(plan(aSession(), what).type).toBe(step);
  });

  it('asks at once where there is no route', () => {
    expect(plan(aSession({ route: 'none' }), observed([aService()], due())).type).toBe('askSources');
  });

  it('is led to no more', () => {
    expect(wantsRoute(aSession(), observed([aService()], { reach: OK, routed: OK, ...due() }))).toBe(false);
  });
});

describe('plan, for a session that starts again', () => {
  const stopped = (launch?: string) => aService({ state: 'inactive', launch, containers: [aContainer({ state: 'stopped' })] });
  const cases: [string, Observed, string][] = [
    ['as it was', observed([stopped(launchHash(aSession().spec.launch))]), 'activate'],
    ['as it is wanted by now, where that is something else', observed([stopped('0000000000000000')]), 'remove'],
    ['as it was, where nobody knows what that is', observed([stopped()]), 'activate'],
  ];
  it.each(cases)('%s', (_name, what, step) => {
    expect(plan(aSession(), what).type).toBe(step);
  });
});

describe('plan, for a session whose container has ended by itself', () => {
  const ended = observed([aService({ startedOnce: true, containers: [aContainer({ state: 'stopped' })] })]);
  const wasReady = { phase: 'Ready' };
  const session = (policy: Partial<IdlePolicy> | undefined, { status = wasReady, wanted }: { status?: object; wanted?: string } = {}) => {
    const made = aSession({ status: { ...status } });
    if (policy) made.spec.idlePolicy = aPolicy(policy);
    if (wanted !== undefined) made.metadata.annotations['mooring.dev/wanted-at'] = wanted;
    return made;
  };
  const endedAt = (lastTransitionTime: string) => ({
    phase: 'Starting',
    conditions: [{ type: 'ContainerRunning', status: 'False', reason: 'Ended', message: '', lastTransitionTime }],
  });

  it('starts it again without a policy, or where the policy deletes', () => {
    expect(plan(session(undefined), ended).type).toBe('startContainer');
    expect(plan(session({ action: 'Delete' }), ended).type).toBe('startContainer');
  });

  it('counts it as stopped where the policy stops, and deletes it where the policy says Remove', () => {
    expect(plan(session({ action: 'Stop' }), ended)).toEqual({ type: 'end', action: 'Stop', reason: 'Ended' });
    expect(plan(session({ action: 'Stop', startedOnce: 'Remove' }), ended)).toEqual({ type: 'end', action: 'Delete', reason: 'Ended' });
    const seen = session({ action: 'Stop' }, { status: endedAt('2026-01-02T03:04:05.000Z'), wanted: '2026-01-02T03:00:00.000Z' });
    expect(plan(seen, ended).type).toBe('end');
  });

  it('starts it again where its end was not seen, as after a crash of everything', () => {
    const found = { ...ended, neverSeenRunning: true };
    expect(plan(session({ action: 'Stop' }), found).type).toBe('startContainer');
    expect(plan(session({ action: 'Stop', startedOnce: 'Remove' }), found)).toMatchObject({ type: 'end', action: 'Delete' });
  });

  it('counts it as stopped where it has answered, though its route was not confirmed yet', () => {
    const [answers, silent] = ['True', 'False'].map((status) => ({
      phase: 'Starting',
      conditions: [{ type: 'Reachable', status, reason: 'Answers', message: '', lastTransitionTime: '2026-01-02T03:04:05.000Z' }],
    }));
    expect(plan(session({ action: 'Stop' }, { status: answers }), ended).type).toBe('end');
    expect(plan(session({ action: 'Stop' }, { status: silent }), ended).type).toBe('startContainer');
  });

  it('starts it again where it never answered, or somebody has come since', () => {
    expect(plan(session({ action: 'Stop' }, { status: { phase: 'Starting' } }), ended).type).toBe('startContainer');
    const wanted = session({ action: 'Stop' }, { status: endedAt('2026-01-02T03:04:05.000Z'), wanted: '2026-01-02T03:04:06.000Z' });
    expect(plan(wanted, ended).type).toBe('startContainer');
  });

  it('leaves one that waits in a pool to be claimed to its pool', () => {
    const warm = session({ action: 'Stop' });
    warm.metadata.labels['mooring.dev/pool'] = 'narrative';
    expect(plan(warm, ended).type).toBe('startContainer');
  });
});

describe('the status of a session whose container does not run yet', () => {
  const told = (message?: string) => {
    const service = aService({ state: 'activating', containers: [aContainer({ state: 'creating', ...(message && { message }) })] });
    return describeStatus(aSession(), observed([service]), new Date(0)).conditions.find(({ type }) => type === 'ContainerRunning');
  };

  it("has Rancher's words where it says what is done, such as how far the pull of its image is", () => {
    const { reason, message } = told('Pulling kbase/web:1: 43 % of 12 MB') ?? {};
    expect([reason, message]).toEqual([
      'ContainerBeingSetUp',
      expect.stringMatching(/ is creating: Pulling kbase\/web:1: 43 % of 12 MB\.$/),
    ]);
    expect(told()).toMatchObject({ reason: 'ContainerNotRunning', message: expect.stringMatching(/ is creating\.$/) });
  });
});

describe('plan, for a session that does its work once', () => {
  const once = (changes: Parameters<typeof aSession>[0] = {}) => {
    const session = aSession({ route: 'none', ...changes });
    return { ...session, spec: { ...session.spec, restartPolicy: 'Never' as const } };
  };
  const stopped = (startedOnce: boolean) => aService({ startedOnce, containers: [aContainer({ state: 'stopped' })] });

  it('never starts it again, whatever was seen of it, and calls it stopped', () => {
    for (const service of [stopped(true), stopped(false)]) {
      for (const neverSeenRunning of [true, false]) {
        expect(plan(once(), observed([service], { neverSeenRunning }))).toEqual({ type: 'settled' });
        const status = describeStatus(once(), observed([service], { neverSeenRunning }), new Date(0));
        expect([status.phase, status.conditions.find(({ type }) => type === 'Ready')?.reason]).toEqual(['Stopped', 'Ended']);
      }
    }
  });

  it('starts it anew only where somebody had it stopped and started', () => {
    const inactive = aService({ state: 'inactive', containers: [aContainer({ state: 'stopped' })] });
    expect(plan(once(), observed([inactive]))).toEqual({ type: 'activate', service: inactive });
  });

  it('is ready while it runs', () => {
    expect(describeStatus(once(), observed([aService()]), new Date(0)).phase).toBe('Ready');
  });
});

describe('wantsRoute', () => {
  const reachable = {
    phase: 'Ready',
    conditions: [{ type: 'Reachable', status: 'True', reason: 'Answers', message: '', lastTransitionTime: '2026-01-02T03:04:06.000Z' }],
    container: { id: '1i1', name: 'x', state: 'running' },
    address: { ip: '10.42.0.7', port: 8888 },
  };

  it('is for a container that answers', () => {
    expect(wantsRoute(aSession(), observed([aService()], { reach: OK }))).toBe(true);
    expect(wantsRoute(aSession(), observed([aService()], { reach: NO }))).toBe(false);
    expect(wantsRoute(aSession(), observed([aService()]))).toBe(false);
  });

  it('keeps the route of a container that answered before we started anew, but not of another one', () => {
    const session = aSession({ status: reachable });
    expect(wantsRoute(session, observed([aService()]))).toBe(true);
    expect(wantsRoute(session, observed([aService({ containers: [aContainer({ id: '1i2' })] })]))).toBe(false);
    expect(wantsRoute(session, observed([aService({ containers: [aContainer({ ip: '10.42.0.8' })] })]))).toBe(false);
  });

  it('ends with the wish that it stop or go', () => {
    const what = observed([aService()], { reach: OK, routed: OK });
    expect(wantsRoute(aSession({ running: false }), what)).toBe(false);
    expect(wantsRoute(aSession({ deleting: true }), what)).toBe(false);
  });
});

describe('plan, for a session that was claimed', () => {
  const WARM = { name: 'narrativepre-1a2b3c4d' };
  const cases: [string, Observed, string][] = [
    ['its route is live', observed([aService(WARM)], { reach: OK, routed: OK }), 'rename'],
    ['its route was not seen yet', observed([aService(WARM)], { reach: OK }), 'confirmRoute'],
    ['the name is on its way', observed([aService({ ...WARM, state: 'updating-active' })], { reach: OK, routed: OK }), 'wait'],
    ['the name has arrived', observed([aService()], { reach: OK, routed: OK }), 'settled'],
  ];
  it.each(cases)('%s', (_name, what, step) => {
    expect(plan(aSession(), what).type).toBe(step);
  });
});
