import { describe, expect, it } from '@jest/globals';
import { describe as tell } from '../../src/sessions/describe.js';
import { whyLate } from '../../src/sessions/late.js';
import type { Remembered } from '../../src/sessions/memory.js';
import { plan, wantsRoute } from '../../src/sessions/plan.js';
import { askContainer, healthResult } from '../../src/sessions/probes.js';
import { aContainer, aService, aSession, observed } from './sample.js';

function limited(readyWithinSeconds: number | undefined = 10) {
  const session = aSession();
  session.spec.probe = { ...session.spec.probe, by: 'health-or-tcp', readyWithinSeconds };
  return session;
}
const at = (now: number, service = aService(), isServed = false) => ({ service, isServed, now });

describe('a start that has a time limit', () => {
  it('is given up when its container was there for so long and nobody was served', () => {
    const memory: Remembered = {};
    expect(whyLate(limited(), memory, at(1_000))).toBeUndefined();
    expect(whyLate(limited(), memory, at(10_999))).toBeUndefined();
    expect(whyLate(limited(), memory, at(11_000))).toBe('It was not ready within 10 s.');
  });

  it('has its time anew once it was served, and is not counted while its image is pulled', () => {
    const memory: Remembered = {};
    whyLate(limited(), memory, at(0));
    expect(whyLate(limited(), memory, at(50_000, aService(), true))).toBeUndefined();
    expect(whyLate(limited(), memory, at(50_001))).toBeUndefined();
    expect(whyLate(limited(), memory, at(99_000, aService({ containers: [aContainer({ state: 'creating' })] })))).toBeUndefined();
    expect(whyLate(limited(), memory, at(99_001))).toBeUndefined();
  });

  it('is given up at once where its own health check has given it up, and never without a limit', () => {
    expect(whyLate(limited(), {}, at(0, aService({ containers: [aContainer({ health: 'unhealthy' })] })))).toMatch(/unhealthy/);
    const memory: Remembered = {};
    whyLate(aSession(), memory, at(0));
    expect(whyLate(aSession(), memory, at(1e9))).toBeUndefined();
  });

  it('has a clock that was set back count as no time', () => {
    const memory: Remembered = {};
    whyLate(limited(), memory, at(1e9));
    expect(whyLate(limited(), memory, at(0))).toBeUndefined();
    expect(whyLate(limited(), memory, at(10_000))).toBeDefined();
  });
});

describe('a session that is given up', () => {
  const late = 'It was not ready within 10 s.';
  it('loses its route, which is seen gone, and is recorded as stopped with why', () => {
    const session = limited();
    const given = { reach: { ok: true, detail: '' }, late };
    expect(wantsRoute(session, observed([aService()], given))).toBe(false);
    expect(plan(session, observed([aService()], given))).toEqual({ type: 'confirmRoute', live: false });
    expect(plan(session, observed([aService()], { ...given, routed: { ok: false, detail: '' } }))).toEqual({
      type: 'giveUp',
      because: late,
    });
  });

  it('says why while it is stopped', () => {
    const session = aSession({ running: false });
    session.metadata.annotations['mooring.dev/stopped-because'] = late;
    const { phase, conditions } = tell(session, observed([aService({ state: 'inactive', containers: [] })]), new Date(0));
    expect([phase, conditions.find(({ type }) => type === 'Ready')]).toMatchObject(['Stopped', { reason: 'NotReady', message: late }]);
  });
});

describe('whether a container answers', () => {
  const asker = {
    ask: async () => ({ status: 204, headers: {}, text: '' }),
    connect: async () => ({ error: 'ECONNREFUSED' }),
    close: async () => undefined,
  };
  const asked = (probe: object, health?: string) => {
    const session = aSession();
    session.spec.probe = { ...session.spec.probe, ...probe };
    return askContainer(asker, session, { ip: '10.0.0.1', ...(health !== undefined && { health }) });
  };

  it("is its own health check's to say where it has one", async () => {
    expect(await asked({ by: 'health-or-tcp' }, 'healthy')).toMatchObject({ ok: true });
    expect(await asked({ by: 'health-or-http' }, 'initializing')).toMatchObject({ ok: false });
    expect(await asked({ by: 'health-or-http' })).toMatchObject({ ok: true });
    expect(healthResult({ path: '/' }, { health: 'unhealthy' })).toBeUndefined();
  });

  it('is told by an answer, by the one status that is wanted, or by a connection', async () => {
    expect(await asked({})).toMatchObject({ ok: true });
    expect(await asked({ by: 'http', okStatus: 200 })).toEqual({ ok: false, detail: 'it answers 204, and is to answer 200' });
    expect(await asked({ by: 'tcp' })).toEqual({ ok: false, detail: 'ECONNREFUSED' });
  });
});
