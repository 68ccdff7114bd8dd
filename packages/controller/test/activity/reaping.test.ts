import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { SECRET } from '../sessions/sample.js';
import { FakeSource } from '../support/fake-source.js';
import { NAME, Site } from '../support/site.js';
import { active, quiet, unknown } from './sample.js';

const QUIET = quiet(0);

describe('what nobody uses', () => {
  let site: Site;
  let jupyter: FakeSource;
  let connections: FakeSource;

  beforeEach(async () => {
    site = new Site();
    jupyter = new FakeSource('jupyter', 'cheap', QUIET);
    connections = new FakeSource('connections', 'dear', QUIET);
    site.sources = [jupyter, connections];
    await site.open();
    await site.start();
  });

  afterEach(async () => {
    await site.stop();
    await site.close();
  });

  /** Some seconds later, a look. */
  const later = async (seconds: number) => {
    site.clock.moveOn(seconds);
    return site.controller.reap();
  };
  /** A session that was looked at once. */
  const watched = async (policy: Parameters<Site['create']>[0] = {}) => {
    const session = await site.create(policy);
    await site.ready();
    await site.controller.reap();
    return session;
  };
  const marked = async (policy: Parameters<Site['create']>[0] = {}) => {
    const session = await watched(policy);
    await later(600);
    await site.until(() => site.condition('Marked') === 'True NotUsed');
    return session;
  };

  it('is marked, and after its grace loses its route and is deleted, with the reasons in Events', async () => {
    const { metadata } = await watched();
    await site.until(() => site.condition('Active') === 'False NotUsed');
    expect(await later(600)).toEqual({ seen: 1, active: 0, quiet: 1, unknown: 0, marked: 1, deleted: 0, stopped: 0, failed: [] });
    await site.until(() => site.condition('Marked') === 'True NotUsed');
    expect(site.sessions.get(NAME)?.status.phase).toBe('Ready');
    expect((await later(59)).deleted).toBe(0);
    let routeWasGone = false;
    connections.says = () => {
      routeWasGone = !site.document?.includes(SECRET);
      return QUIET;
    };
    expect(await later(1)).toMatchObject({ marked: 0, deleted: 1, failed: [] });
    expect(routeWasGone).toBe(true);
    expect(site.rancher.services.size).toBe(0);
    expect(await site.events()).toEqual([
      expect.objectContaining({
        reason: 'Marked',
        regarding: { kind: 'Session', name: NAME, uid: metadata.uid },
        readings: { jupyter: expect.stringContaining('quiet since'), connections: expect.stringContaining('no kernel is busy') },
      }),
      expect.objectContaining({ reason: 'Deleted', readings: expect.objectContaining({ jupyter: expect.any(String) }) }),
    ]);
    const metrics = await site.registry.metrics();
    expect(metrics).toContain('mooring_marked_total 1');
    expect(metrics).toContain('mooring_reaped_total{action="Delete"} 1');
  });

  it('is kept while any source sees somebody', async () => {
    const { metadata } = await watched();
    expect(site.controller.lastActive(metadata.uid)).toBeUndefined();
    let seenAt = 0;
    connections.says = () => {
      seenAt = site.clock.now();
      return active(seenAt);
    };
    for (let looks = 0; looks < 5; looks++) expect((await later(600)).marked).toBe(0);
    await site.until(() => site.condition('Active') === 'True Used');
    expect(site.rancher.calls).toEqual([`create ${NAME}`]);
    expect(site.controller.lastActive(metadata.uid)).toBe(seenAt);
  });

  it('writes nothing while nothing changes', async () => {
    await watched();
    await site.until(() => site.condition('Active') === 'False NotUsed');
    const { resourceVersion } = await site.store.list('Session');
    for (let looks = 0; looks < 5; looks++) await later(60);
    expect((await site.store.list('Session')).resourceVersion).toBe(resourceVersion);
  });

  it('is kept, mark and all undone, when somebody comes before the end', async () => {
    await marked();
    site.clock.moveOn(1);
    await site.want();
    await site.until(() => site.condition('Marked') === 'False Wanted');
    expect(await later(120)).toMatchObject({ marked: 0, deleted: 0 });
    expect((await later(480)).marked).toBe(1);
    await site.until(() => site.condition('Marked') === 'True NotUsed');
    await site.until(async () => (await site.events()).length === 3);
    expect((await site.events()).map(({ reason }) => reason)).toEqual(['Marked', 'Unmarked', 'Marked']);
    expect(await site.registry.metrics()).toContain('mooring_unmarked_total{reason="Wanted"} 1');
  });

  it('gets its route back when the last question finds somebody', async () => {
    await marked();
    const before = connections.asked.length;
    // Quiet at the look, and not at the last question.
    connections.says = () => (connections.asked.length > before + 1 ? active(site.clock.now()) : QUIET);
    expect(await later(60)).toMatchObject({ deleted: 0, failed: [] });
    expect(site.condition('Marked')).toBe('False Used');
    await site.ready();
    await site.until(() => site.document?.includes(SECRET) === true);
    expect(site.rancher.calls).toEqual([`create ${NAME}`]);
  });

  it('is kept when a source that could tell fails at the last question', async () => {
    await marked();
    const before = jupyter.asked.length;
    jupyter.says = () => (jupyter.asked.length > before + 1 ? unknown('503') : QUIET);
    expect(await later(60)).toMatchObject({ deleted: 0, failed: [] });
    expect(site.condition('Marked')).toBe('False NoSourceAnswers');
    expect((await site.ready())?.metadata.deletionTimestamp).toBeUndefined();
  });

  it('loses against who comes while the last question is asked', async () => {
    await marked();
    const before = connections.asked.length;
    connections.says = async () => {
      if (connections.asked.length === before + 2) await site.want();
      return QUIET;
    };
    expect(await later(60)).toMatchObject({ deleted: 0 });
    expect(connections.asked.length).toBeGreaterThan(before + 1);
    expect(site.condition('Marked')).toBe('False Wanted');
    await site.ready();
    expect(site.rancher.calls).toEqual([`create ${NAME}`]);
  });

  it('is stopped where the policy says so, and wakes in the same container', async () => {
    const { metadata } = await watched({ action: 'Stop', graceSeconds: 0 });
    expect(await later(600)).toMatchObject({ stopped: 1, deleted: 0, failed: [] });
    expect(site.document).not.toContain(SECRET);
    expect(site.condition('Marked')).toBe('False Stopped');
    expect((await site.events()).map(({ reason }) => reason)).toEqual(['Marked', 'Stopped']);
    site.clock.moveOn(1);
    await site.want(true);
    expect((await site.ready())?.metadata.uid).toBe(metadata.uid);
    expect(site.rancher.calls).toEqual([`create ${NAME}`, 'deactivate 1s1', 'activate 1s1']);
    expect((await later(1)).marked).toBe(0);
    expect((await later(599)).marked).toBe(0);
  });

  it('is made anew when it wakes as something else, under its uid and cookie', async () => {
    const { metadata } = await watched({ action: 'Stop', graceSeconds: 0 });
    expect(await later(600)).toMatchObject({ stopped: 1, deleted: 0, failed: [] });
    await site.change((session) => {
      session.spec.launch.image = 'mooring/demo:2';
      session.spec.running = true;
    });
    const woken = await site.ready();
    expect([woken?.metadata.uid, woken?.status.service?.id]).toEqual([metadata.uid, '1s2']);
    expect(site.rancher.calls).toEqual([`create ${NAME}`, 'deactivate 1s1', 'remove 1s1', `create ${NAME}`]);
    await site.until(() => site.document?.includes(SECRET) === true);
  });

  it('is left alone while it runs, whatever it would launch today', async () => {
    await watched();
    await site.change((session) => {
      session.spec.launch.image = 'mooring/demo:2';
    });
    await later(1);
    expect(site.rancher.calls).toEqual([`create ${NAME}`]);
  });

  it('is no business of anybody while no source can tell, and has a condition and a metric for it', async () => {
    jupyter.says = () => unknown('404');
    connections.says = () => unknown('501');
    await watched();
    const seen = await later(600);
    expect(seen).toMatchObject({ unknown: 1, marked: 0, problem: expect.stringContaining('No source') });
    for (let days = 0; days < 10; days++) await later(86_400);
    await site.until(() => site.condition('Active') === 'Unknown CannotBeJudged');
    expect(await site.registry.metrics()).toContain('mooring_sessions_activity{verdict="cannot-be-judged"} 1');
    expect(site.rancher.calls).toEqual([`create ${NAME}`]);
  });

  it('ends after all when nobody could tell for longer than the policy allows', async () => {
    jupyter.says = () => unknown('404');
    connections.says = () => unknown('501');
    await watched({ maxUnknownSeconds: 3600, graceSeconds: 0 });
    expect((await later(3599)).deleted).toBe(0);
    expect((await later(1)).deleted).toBe(1);
  });

  it('is remembered over a restart, which is no quiet time itself', async () => {
    await watched();
    await later(500);
    await site.stop();
    site.clock.moveOn(500);
    await site.start();
    await site.ready();
    await site.until(() => site.controller.ready().ok);
    expect((await site.controller.reap()).marked).toBe(0);
    expect((await later(99)).marked).toBe(0);
    expect((await later(1)).marked).toBe(1);
  });

  it('is looked at on schedule', async () => {
    await site.stop();
    await site.start({ schedule: '* * * * * *' });
    await site.create({ afterSeconds: 1, graceSeconds: 0 });
    await site.until(() => site.rancher.calls.includes('remove 1s1'));
  });

  it('says in a report that it could not see', async () => {
    await site.stop();
    await site.start({ located: false });
    expect((await site.controller.reap()).problem).toContain('has not been found');
  });

  it('is told by name in the report where it did not go', async () => {
    await marked();
    site.rancher.loseDeletes = Number.POSITIVE_INFINITY;
    const pass = later(60);
    await site.until(() => site.rancher.calls.includes('remove 1s1'));
    site.clock.moveOn(31);
    expect(await pass).toMatchObject({ deleted: 0, failed: [{ session: NAME, why: expect.stringContaining('not ended after 30 s') }] });
    site.rancher.loseDeletes = 0;
  });

  it('is passed over once where two ask for a pass at the same time', async () => {
    await watched();
    const before = jupyter.asked.length;
    const [one, other] = await Promise.all([site.controller.reap(), site.controller.reap()]);
    expect(one).toBe(other);
    expect(jupyter.asked.length).toBe(before + 1);
  });

  it('is explained', async () => {
    await marked();
    // The Event is written after the condition.
    await site.until(async () => (await site.events()).length === 1);
    expect(await site.controller.explain(NAME)).toMatchObject({
      session: NAME,
      phase: 'Ready',
      why: expect.stringContaining('It is marked'),
      idle: {
        verdict: 'quiet',
        quietSeconds: 600,
        markedAt: expect.any(String),
        sources: [{ source: 'jupyter' }, { source: 'connections' }],
      },
      events: [{ reason: 'Marked' }],
    });
    expect(await site.controller.explain('nobody')).toBeUndefined();
  });

  describe('and has ended by itself', () => {
    const end = () => site.rancher.endContainer('1s1', '1i1');

    it('counts as stopped where the policy stops, until somebody comes', async () => {
      await watched({ action: 'Stop' });
      end();
      await site.until(() => site.sessions.get(NAME)?.status.phase === 'Stopped');
      expect((await site.events()).map(({ reason, note }) => [reason, note])).toEqual([
        ['Stopped', expect.stringContaining('ended by itself')],
      ]);
      site.clock.moveOn(1);
      await site.want(true);
      await site.ready();
      expect(site.rancher.calls).toEqual([`create ${NAME}`, 'deactivate 1s1', 'activate 1s1']);
    });

    it('is started again where the policy deletes', async () => {
      await watched();
      end();
      await site.until(() => site.rancher.calls.includes('start 1i1'));
      await site.ready();
    });

    it('is deleted where the policy says Remove', async () => {
      await watched({ action: 'Stop', startedOnce: 'Remove' });
      end();
      await site.until(async () => (await site.store.get('Session', NAME)) === undefined);
      expect(site.rancher.calls).toEqual([`create ${NAME}`, 'remove 1s1']);
    });
  });
});
