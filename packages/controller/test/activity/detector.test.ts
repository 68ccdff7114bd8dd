import { describe, expect, it } from '@jest/globals';
import { type Look, observe } from '../../src/activity/detector.js';
import { type ActivityMemory, resumed, storedForm } from '../../src/activity/memory.js';
import { active, aPolicy, quiet, START, unknown } from './sample.js';

const POLICY = aPolicy();
const MAX_GAP_MS = 30_000;
type Readings = Look['readings'];

/** Looks at one session, ten seconds apart where nothing else is said. */
class Watch {
  memory: ActivityMemory | undefined;
  at = START - 10_000;

  constructor(private readonly policy = POLICY) {}

  look(
    readings: Readings,
    { afterMs = 10_000, run = 'r1', ...rest }: { afterMs?: number; run?: string } & Pick<Look, 'wantedAt' | 'expected'> = {},
  ) {
    this.at += afterMs;
    const { memory, verdict } = observe(this.memory, { at: this.at, run, readings, maxGapMs: MAX_GAP_MS, ...rest }, this.policy);
    this.memory = memory;
    return verdict;
  }

  restart(): void {
    if (this.memory) this.memory = resumed(storedForm(this.memory), this.at)?.memory;
  }
}

describe('observe', () => {
  it('counts the time between looks that saw nobody, and not what a source says of the time before', () => {
    const watch = new Watch();
    expect(watch.look({ jupyter: quiet(START - 3_600_000) })).toEqual({ type: 'quiet', forMs: 0 });
    expect(watch.look({ jupyter: quiet(START - 3_600_000) })).toEqual({ type: 'quiet', forMs: 10_000 });
    expect(watch.look({ jupyter: quiet(START - 3_600_000) })).toEqual({ type: 'quiet', forMs: 20_000 });
  });

  it('begins anew with any activity, whatever the others say', () => {
    const watch = new Watch();
    for (let looks = 0; looks < 5; looks++) watch.look({ jupyter: quiet(START), connections: quiet(START) });
    const verdict = watch.look({ jupyter: quiet(START), 'traefik-requests': active(watch.at) });
    expect(verdict).toMatchObject({ type: 'active', source: 'traefik-requests' });
    expect(watch.look({ jupyter: quiet(START) })).toEqual({ type: 'quiet', forMs: 10_000 });
    expect(watch.memory?.lastActive?.source).toBe('traefik-requests');
  });

  it('takes a use that is told again and again, as the front does, for one', () => {
    const watch = new Watch();
    const front = active(START);
    expect(watch.look({ front, jupyter: quiet(START) })).toMatchObject({ type: 'active', source: 'front' });
    watch.look({ front, jupyter: quiet(START) });
    expect(watch.look({ front, jupyter: quiet(START) })).toEqual({ type: 'quiet', forMs: 20_000 });
    expect(watch.look({ front: active(watch.at + 9000), jupyter: quiet(START) })).toMatchObject({ type: 'active', source: 'front' });
  });

  it('begins anew where a source that could not tell for a while vouches for the time after it only', () => {
    const watch = new Watch();
    for (let looks = 0; looks < 5; looks++) watch.look({ jupyter: quiet(START) });
    watch.look({ jupyter: unknown() });
    watch.restart();
    watch.look({ jupyter: unknown() }, { afterMs: 3_600_000 });
    expect(watch.look({ jupyter: quiet(watch.at + 10_000) })).toEqual({ type: 'quiet', forMs: 0 });
  });

  describe('where open connections are ignored', () => {
    const ignoring = aPolicy({ openConnections: 'ignore', sources: ['traefik-requests', 'jupyter'] });
    const counted = (noneSince: number) => ({ ...unknown(), noneSince });

    it('begins anew where who alone sees a page read has begun to count anew', () => {
      const watch = new Watch(ignoring);
      for (let looks = 0; looks < 5; looks++) watch.look({ jupyter: quiet(START), 'traefik-requests': counted(START) });
      watch.restart();
      const at = watch.at + 10_000;
      expect(watch.look({ jupyter: quiet(START), 'traefik-requests': counted(at) })).toEqual({ type: 'quiet', forMs: 0 });
      expect(watch.look({ jupyter: quiet(START), 'traefik-requests': counted(at) })).toEqual({ type: 'quiet', forMs: 10_000 });
    });

    it('misses who alone sees a page read, and goes on where nobody came meanwhile', () => {
      const watch = new Watch(ignoring);
      for (let looks = 0; looks < 3; looks++) watch.look({ jupyter: quiet(START), 'traefik-requests': counted(START) });
      const missed = watch.look({ jupyter: quiet(START), 'traefik-requests': unknown() });
      expect(missed).toMatchObject({ type: 'unknown', why: expect.stringContaining('traefik-requests') });
      expect(watch.look({ jupyter: quiet(START), 'traefik-requests': counted(START) })).toEqual({ type: 'quiet', forMs: 20_000 });
    });

    it('needs nobody who never counted', () => {
      const watch = new Watch(ignoring);
      for (let looks = 0; looks < 3; looks++) watch.look({ jupyter: quiet(START), 'traefik-requests': unknown() });
      expect(watch.look({ jupyter: quiet(START), 'traefik-requests': unknown() })).toEqual({ type: 'quiet', forMs: 30_000 });
    });
  });

  it('begins anew where a source names a later time, also one that lies in a gap', () => {
    const watch = new Watch();
    for (let looks = 0; looks < 5; looks++) watch.look({ jupyter: quiet(START) });
    expect(watch.look({ jupyter: quiet(watch.at + 4000) })).toEqual({ type: 'quiet', forMs: 6000 });
    watch.look({ jupyter: quiet(watch.at - 6000) });
    watch.restart();
    expect(watch.look({ jupyter: quiet(watch.at + 1000) }, { afterMs: 3_600_000 })).toEqual({ type: 'quiet', forMs: 0 });
  });

  it('takes nobody for absent while a source sees something that may be somebody, though it could never tell before', () => {
    const watch = new Watch();
    const young = { ...unknown('1 young connection'), seen: true as const };
    watch.look({ jupyter: quiet(START) });
    expect(watch.look({ jupyter: quiet(START), connections: young })).toMatchObject({
      type: 'unknown',
      why: expect.stringContaining('young'),
    });
    expect(watch.look({ jupyter: quiet(START), connections: unknown('no cat') })).toMatchObject({ type: 'quiet' });
    // Traefik 2's gauge shows those that count.
    expect(watch.look({ 'traefik-connections': quiet(START), connections: young })).toMatchObject({ type: 'quiet' });
  });

  it.each([
    ['an outage', { afterMs: MAX_GAP_MS + 1 }],
    ['a clock that was set back', { afterMs: -3_600_000 }],
    ['a clock that was set forward', { afterMs: 86_400_000 }],
  ])('takes %s for nothing, and keeps what was observed before', (_name, gap) => {
    const watch = new Watch();
    for (let looks = 0; looks < 3; looks++) watch.look({ jupyter: quiet(START - 7_200_000) });
    expect(watch.look({ jupyter: quiet(START - 7_200_000) }, gap)).toEqual({ type: 'quiet', forMs: 20_000 });
    expect(watch.look({ jupyter: quiet(START - 7_200_000) })).toEqual({ type: 'quiet', forMs: 30_000 });
  });

  it('outlives a restart without gaining a moment by it, however short', () => {
    const watch = new Watch();
    for (let looks = 0; looks < 3; looks++) watch.look({ jupyter: quiet(START - 1) });
    watch.restart();
    expect(watch.look({ jupyter: quiet(START - 1) }, { afterMs: 1000 })).toEqual({ type: 'quiet', forMs: 20_000 });
    expect(watch.look({ jupyter: quiet(START - 1) })).toEqual({ type: 'quiet', forMs: 30_000 });
  });

  it('knows nothing while a source fails that could tell, and goes on from where it was', () => {
    const watch = new Watch();
    for (let looks = 0; looks < 3; looks++) watch.look({ jupyter: quiet(START - 1), connections: quiet(START - 1) });
    const blind = { jupyter: unknown('503'), connections: quiet(START - 1) };
    expect(watch.look(blind)).toEqual({ type: 'unknown', forMs: 0, reason: 'NoSourceAnswers', why: 'jupyter: 503' });
    expect(watch.look(blind)).toMatchObject({ type: 'unknown', forMs: 10_000 });
    expect(watch.look({ jupyter: quiet(START - 1) })).toEqual({ type: 'quiet', forMs: 20_000 });
  });

  it("does without Traefik's gauge where another sees as much, for it stays unknown after a restart of Traefik's", () => {
    const watch = new Watch();
    watch.look({ 'traefik-connections': active(START) });
    expect(watch.look({ 'traefik-connections': unknown() }).type).toBe('unknown');
    expect(watch.look({ 'traefik-connections': unknown(), connections: quiet(START) }).type).toBe('quiet');
  });

  it('misses no source that never could tell', () => {
    const watch = new Watch();
    watch.look({ jupyter: unknown('404'), connections: quiet(START) });
    expect(watch.look({ jupyter: unknown('404'), connections: quiet(START) })).toEqual({ type: 'quiet', forMs: 10_000 });
  });

  it('takes no word of quiet from those who only see requests', () => {
    const watch = new Watch();
    const readings = { front: quiet(START - 1), 'traefik-requests': quiet(START - 1) };
    expect(watch.look(readings)).toMatchObject({ type: 'unknown', reason: 'NoSourceAnswers' });
    for (let looks = 0; looks < 3; looks++) watch.look(readings);
    expect(watch.look(readings)).toMatchObject({ type: 'unknown', forMs: 40_000, reason: 'CannotBeJudged' });
  });

  it('says nothing of a container by what was seen of an earlier run of it', () => {
    const watch = new Watch();
    for (let looks = 0; looks < 3; looks++) watch.look({ jupyter: quiet(START) });
    expect(watch.look({ jupyter: quiet(START) }, { run: 'r2' })).toEqual({ type: 'quiet', forMs: 0 });
  });

  it('misses who could tell in an earlier run: a kernel may be busy in this one, too', () => {
    const watch = new Watch();
    watch.look({ jupyter: quiet(START), connections: quiet(START) });
    const verdict = watch.look({ jupyter: unknown(), connections: quiet(START) }, { run: 'r2' });
    expect(verdict).toMatchObject({ type: 'unknown', why: expect.stringContaining('jupyter') });
  });

  it('takes a person who came for activity', () => {
    const watch = new Watch();
    for (let looks = 0; looks < 6; looks++) watch.look({ jupyter: quiet(START - 1) });
    expect(watch.look({ jupyter: quiet(START - 1) }, { wantedAt: watch.at + 3000 })).toEqual({ type: 'quiet', forMs: 7000 });
  });

  it('listens to nobody whom the policy does not name', () => {
    const look = { at: START, run: 'r1', readings: { network: active(START), jupyter: quiet(START) }, maxGapMs: MAX_GAP_MS };
    expect(observe(undefined, look, aPolicy({ sources: ['jupyter'] })).verdict.type).toBe('quiet');
  });
});

describe('observe, where who could see more has told nothing yet', () => {
  const seenBy = (readings: Readings, rest: Pick<Look, 'expected'> = {}, policy = POLICY) => {
    const watch = new Watch(policy);
    watch.look(readings, rest);
    return watch.look(readings, rest);
  };
  const nobodyConnected = { connections: quiet(START) };
  const outage = { type: 'unknown', why: 'answers 500', outage: true } as const;

  it('believes who sees less, as there may be nobody else', () => {
    expect(seenBy({ ...nobodyConnected, jupyter: unknown('answers 401') })).toEqual({ type: 'quiet', forMs: 10_000 });
  });

  it('waits for one who is there and fails', () => {
    expect(seenBy({ ...nobodyConnected, jupyter: outage })).toMatchObject({ type: 'unknown', why: 'jupyter: answers 500' });
  });

  it('waits for one who tells of others of the same template', () => {
    const verdict = seenBy({ ...nobodyConnected, jupyter: unknown('answers 401') }, { expected: new Set(['jupyter']) });
    expect(verdict).toMatchObject({ type: 'unknown', reason: 'NoSourceAnswers', why: 'jupyter: answers 401' });
  });

  it('waits for who counts requests only where open connections are ignored', () => {
    const readings: Readings = { jupyter: quiet(START), 'traefik-requests': outage };
    expect(seenBy(readings)).toMatchObject({ type: 'quiet' });
    const policy = aPolicy({ openConnections: 'ignore' });
    expect(seenBy(readings, {}, policy)).toMatchObject({ type: 'unknown', why: 'traefik-requests: answers 500' });
    const missing: Readings = { jupyter: quiet(START), 'traefik-requests': unknown('not measured') };
    expect(seenBy(missing, {}, policy)).toMatchObject({ type: 'quiet' });
    expect(seenBy(missing, { expected: new Set(['traefik-requests']) }, policy)).toMatchObject({ type: 'unknown' });
  });
});
