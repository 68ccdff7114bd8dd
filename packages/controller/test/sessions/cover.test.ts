import { beforeEach, describe, expect, it } from '@jest/globals';
import { routeSchema, type Store } from '@mooring/resources';
import type { ProbeAnswer } from '../../src/routes/prober.js';
import { RouteTable } from '../../src/routes/table.js';
import type { Remembered } from '../../src/sessions/memory.js';
import { awaitCover, confirmRoute, coverRoute, type RoutingParts, wantsCover } from '../../src/sessions/routing.js';
import { FakeClock } from '../runtime/fake-clock.js';
import { aService, aSession, observed, SECRET } from './sample.js';

const OK = { ok: true, detail: '' };
const NO = { ok: false, detail: '' };
const FRONT: ProbeAnswer = { status: 503, headers: { 'mooring-front': '1' }, text: '' };
const CONTAINER: ProbeAnswer = { status: 200, headers: {}, text: '' };

describe('whether the waiting page answers over the labels of a service', () => {
  it.each([
    ['it is to be made', aSession(), observed([]), true],
    ['it is to be woken', aSession(), observed([aService({ state: 'inactive' })]), true],
    ['it is on its way', aSession(), observed([aService({ state: 'activating', containers: [] })]), true],
    ['its container does not answer yet', aSession(), observed([aService()], { reach: NO }), true],
    ['its container answers', aSession(), observed([aService()], { reach: OK }), false],
    ['it is to be stopped', aSession({ running: false }), observed([aService()], { reach: OK }), true],
    ['it is to be removed', aSession({ deleting: true }), observed([aService()], { reach: OK }), true],
    ['it is being stopped', aSession({ running: false }), observed([aService({ state: 'deactivating' })]), true],
    ['it is stopped', aSession({ running: false }), observed([aService({ state: 'inactive' })]), false],
    ['it is stopped, and was never made', aSession({ running: false }), observed([]), false],
    ['it is gone', aSession({ deleting: true }), observed([aService({ state: 'removed' })]), false],
    ['no route leads to it', aSession({ route: 'none' }), observed([aService({ state: 'activating' })]), false],
  ])('%s', (_, session, seen, wants) => {
    expect(wantsCover(session, seen)).toBe(wants);
  });
});

describe('a session that is being stopped, where labels are the routes', () => {
  const session = aSession({ running: false });
  const { uid } = session.metadata;
  const going = observed([aService()], { reach: OK });
  let clock: FakeClock;
  let table: RouteTable;
  let parts: RoutingParts;
  let memory: Remembered;
  let answer: ProbeAnswer;
  let asked: number;
  let sent: Record<string, string> | undefined;

  beforeEach(() => {
    clock = new FakeClock();
    const settings = { entryPoint: 'web', fallbackUrl: 'http://front', frontPaths: ['/narrative*'], hosts: [] };
    table = new RouteTable({ ...settings, withSessions: false });
    table.markLoaded();
    memory = {};
    answer = CONTAINER;
    asked = 0;
    parts = {
      ...{ table, clock, routeCheck: { entryPointUrl: 'http://traefik', byDocument: () => table.withSessions === true } },
      prober: {
        ask: async ({ headers }) => {
          asked += 1;
          sent = headers;
          return answer;
        },
        close: async () => undefined,
      },
      store: { secret: async () => SECRET } as unknown as Store,
    };
  });
  const fetch = (): void => {
    table.serve();
    table.noteFetch(clock.now());
  };
  const confirm = () => confirmRoute(session, false, memory, parts);

  it('is left to its labels where nobody fetches the document', async () => {
    await coverRoute(session, going, parts);
    expect([await confirm(), memory.routed?.ok, asked]).toEqual([{ requeueAfterMs: 0 }, false, 0]);
  });

  it('waits until Traefik was seen to lead to the waiting page', async () => {
    fetch();
    await coverRoute(session, going, parts);
    expect(table.isCovered(uid)).toBe(true);
    expect([(await confirm()).requeueAfterMs, asked]).toEqual([5_000, 0]);
    fetch();
    expect((await confirm()).requeueAfterMs).toBeGreaterThan(0);
    expect(memory.routed?.ok).toBe(true);
    answer = FRONT;
    expect([await confirm(), memory.routed?.ok]).toEqual([{ requeueAfterMs: 0 }, false]);
  });

  it('is left to its labels all the same where Traefik does not go by what it fetches', async () => {
    fetch();
    await coverRoute(session, going, parts);
    fetch();
    await confirm();
    clock.advance(10_001);
    fetch();
    expect([await confirm(), memory.routed?.ok]).toEqual([{ requeueAfterMs: 0 }, false]);
  });

  it('has the waiting page a while longer once it is stopped: Traefik may not have heard of that', async () => {
    await coverRoute(session, going, parts);
    const inactive = observed([aService({ state: 'inactive' })]);
    await coverRoute(session, inactive, parts);
    expect([table.isCovered(uid), table.serve()]).toEqual([false, expect.stringContaining(`${uid}-waiting`)]);
    clock.advance(29_000);
    await coverRoute(session, inactive, parts);
    table.dropCovers(clock.now());
    expect(table.serve()).toContain(`${uid}-waiting`);
    clock.advance(1_000);
    table.dropCovers(clock.now());
    expect(table.serve()).not.toContain(`${uid}-waiting`);
  });

  it('keeps the waiting page where it is woken meanwhile', async () => {
    await coverRoute(session, going, parts);
    await coverRoute(session, observed([aService({ state: 'inactive' })]), parts);
    await coverRoute(aSession(), observed([aService({ state: 'inactive' })]), parts);
    clock.advance(60_000);
    table.dropCovers(clock.now());
    expect(table.isCovered(uid)).toBe(true);
  });

  it('has its labels back when they are seen to lead to its container, past the waiting page', async () => {
    const woken = aSession();
    await coverRoute(woken, observed([aService()], { reach: NO }), parts);
    await coverRoute(woken, observed([aService()], { reach: OK }), parts);
    expect(table.isCovered(uid)).toBe(true);
    answer = { status: 503, headers: {}, text: 'no available server' };
    const live = () => confirmRoute(woken, true, memory, parts);
    expect([(await live()).requeueAfterMs, table.isCovered(uid), memory.routed?.ok]).toEqual([15, true, false]);
    expect(sent).toMatchObject({ 'Mooring-Past-Waiting-Page': '1' });
    answer = CONTAINER;
    memory.routed = undefined;
    expect([(await live()).requeueAfterMs, table.isCovered(uid), memory.routed]).toEqual([15, false, undefined]);
    expect([await live(), memory.routed]).toMatchObject([{ requeueAfterMs: 0 }, { ok: true }]);
    expect(sent).not.toHaveProperty('Mooring-Past-Waiting-Page');
  });

  it('has its labels back where its container says what Traefik says that leads nowhere', async () => {
    const named = aSession();
    named.spec.route = routeSchema.parse({ type: 'path', path: '/apps/minion-1' });
    fetch();
    await coverRoute(named, observed([aService()], { reach: NO }), parts);
    answer = { status: 404, headers: { 'x-content-type-options': 'nosniff' }, text: '404 page not found' };
    await confirmRoute(named, true, memory, parts);
    expect(table.isCovered(uid)).toBe(false);
    expect([await confirmRoute(named, true, memory, parts), memory.routed]).toMatchObject([{ requeueAfterMs: 0 }, { ok: true }]);
  });

  it('is started again when Traefik has fetched the waiting page over it, or comes too late for that', async () => {
    const woken = aSession();
    const wait = () => awaitCover(woken, memory, parts);
    expect(wait()).toBeUndefined();
    fetch();
    await coverRoute(woken, observed([aService({ state: 'inactive' })]), parts);
    expect(wait()).toEqual({ requeueAfterMs: 500, untried: true });
    clock.advance(499);
    expect(wait()).toEqual({ requeueAfterMs: 1, untried: true });
    clock.advance(1);
    expect(wait()).toBeUndefined();
    memory.waiting = undefined;
    expect(wait()).toBeDefined();
    fetch();
    expect(wait()).toBeUndefined();
  });

  it('is started at once where nobody fetches the document', async () => {
    await coverRoute(aSession(), observed([]), parts);
    expect(table.isCovered(uid)).toBe(true);
    expect(awaitCover(aSession(), memory, parts)).toBeUndefined();
  });

  it('has nothing laid over it where the document is what leads to it', async () => {
    table.withSessions = true;
    await coverRoute(session, going, parts);
    expect(table.isCovered(uid)).toBe(false);
  });
});
