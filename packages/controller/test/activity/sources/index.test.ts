import { describe, expect, it } from '@jest/globals';
import type { ProjectClient } from '@mooring/rancher-client';
import { ACTIVITY_SOURCES } from '@mooring/resources';
import { quietLogger } from '../../../../../leaks/quiet-logger.js';
import { OwnRequests } from '../../../src/activity/own-requests.js';
import { abilitiesOf, canBeJudged } from '../../../src/activity/sources/abilities.js';
import { createActivitySources } from '../../../src/activity/sources/index.js';
import { RunMemory } from '../../../src/activity/sources/run-memory.js';
import { FakeClock } from '../../runtime/fake-clock.js';
import { aTarget, UID } from './targets.js';

const clock = new FakeClock();
const common = {
  project: { containers: {} } as unknown as ProjectClient,
  own: new OwnRequests(clock),
  clock,
  log: quietLogger(),
};

describe('the sources', () => {
  it('are those that can be asked', () => {
    expect(createActivitySources(common).map(({ name }) => name)).toEqual(['jupyter', 'network', 'connections']);
    const uses = { last: () => undefined };
    const all = createActivitySources({ ...common, uses, traefikMetricsUrl: 'http://traefik:8080/metrics' });
    expect(all.map(({ name }) => name).sort()).toEqual([...ACTIVITY_SOURCES].sort());
    expect(all.filter(({ cost }) => cost === 'dear').map(({ name }) => name)).toEqual(['network', 'connections']);
  });

  it('of the front never say quiet, and tell each navigation once', async () => {
    const times = new Map([[UID, 123]]);
    const [front] = createActivitySources({ ...common, uses: { last: (uid) => times.get(uid) } });
    const other = aTarget({ uid: '00000000-6f0e-4d3e-9f7a-0c5b8a1f4d11' });
    const readings = await front?.read([aTarget(), other], new AbortController().signal);
    expect(readings?.get(UID)).toMatchObject({ type: 'active', at: 123 });
    expect(readings?.get(other.session.metadata.uid)).toMatchObject({ type: 'unknown' });
    const again = async () => (await front?.read([aTarget()], new AbortController().signal))?.get(UID);
    expect(await again()).toMatchObject({ type: 'unknown' });
    times.set(UID, 124);
    expect(await again()).toMatchObject({ type: 'active', at: 124 });
  });
});

describe('the sources', () => {
  it('ask by whom they are given', async () => {
    const asked: string[] = [];
    const sources = createActivitySources({
      ...common,
      traefikMetricsUrl: 'http://traefik:8080/metrics',
      askers: {
        jupyter: {
          ask: async ({ origin, path }) => {
            asked.push(`${origin}${path}`);
            return { error: 'ECONNREFUSED' };
          },
          close: async () => undefined,
        },
        metrics: async (url) => {
          asked.push(url);
          throw new Error('no route');
        },
      },
    });
    const { signal } = new AbortController();
    const cheap = sources.filter(({ cost }) => cost === 'cheap');
    const readings = await Promise.all(cheap.map((source) => source.read([aTarget()], signal)));
    expect(readings.map((each) => each.get(UID)?.type)).toEqual(['unknown', 'unknown', 'unknown']);
    expect(asked.sort()).toEqual(['http://10.42.0.7:8888/narrative/api/status', 'http://traefik:8080/metrics']);
  });
});

describe('who can judge a session', () => {
  const sees = (target: ReturnType<typeof aTarget>, available = ACTIVITY_SOURCES) =>
    Object.fromEntries(abilitiesOf(target.session, available).map((ability) => [ability.source, ability.sees]));

  it('is said for each source that its policy names', () => {
    expect(sees(aTarget())).toEqual({
      front: 'use',
      'traefik-connections': 'use and quiet',
      'traefik-requests': 'use',
      jupyter: 'use and quiet',
      network: 'use',
      connections: 'use and quiet',
    });
    expect(sees(aTarget({ openConnections: 'ignore', sources: ['network'] }))).toEqual({ network: 'use and quiet' });
    expect(sees(aTarget({ route: 'none', probe: { path: '/' }, sources: ['traefik-connections', 'jupyter'] }))).toEqual({
      'traefik-connections': 'nothing',
      jupyter: 'nothing',
    });
  });

  it('is nobody where only use can be seen, or what can see is not configured', () => {
    const judged = (sources: string[], available = ACTIVITY_SOURCES): boolean =>
      canBeJudged(abilitiesOf(aTarget({ sources }).session, available));
    expect(judged(['front', 'traefik-requests', 'network'])).toBe(false);
    expect(judged(['front', 'connections'])).toBe(true);
    expect(judged(['traefik-connections'], ['jupyter'] as unknown as typeof ACTIVITY_SOURCES)).toBe(false);
  });
});

describe('what a source remembers', () => {
  it('is of this run, and of the sessions asked for last', () => {
    const memory = new RunMemory<number>(2);
    const [a, b, c] = ['a', 'b', 'c'].map((uid) => aTarget({ uid: `${uid}b2f6c1e-6f0e-4d3e-9f7a-0c5b8a1f4d11` })) as [never, never, never];
    for (const [value, target] of [a, b, a, c].entries()) memory.set(target, value);
    expect([memory.get(a), memory.get(b), memory.get(c), memory.size]).toEqual([2, undefined, 3, 2]);
    expect(memory.get({ ...(a as ReturnType<typeof aTarget>), run: 'another' })).toBeUndefined();
  });
});
