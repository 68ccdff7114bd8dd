import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { createProbeProof, type ReaperReport, VERIFY_PATH } from '@mooring/resources';
import type { InjectOptions } from 'fastify';
import { pino } from 'pino';
import { auditLogger } from '../../src/index.js';
import { NOW, openSession, signedIn, site } from '../compatibility/site.js';
import { memoryLogger, type TestFront } from '../support/front.js';

const REPORT: ReaperReport = { seen: 9, active: 1, quiet: 0, unknown: 0, marked: 0, deleted: 2, stopped: 1, failed: [] };
const OPS = 'token-root-ops';

describe('the audit', () => {
  let front: TestFront;
  let log: ReturnType<typeof memoryLogger>;
  let report: ReaperReport;
  let now: number;
  beforeEach(async () => {
    log = memoryLogger();
    report = REPORT;
    now = NOW;
    front = await site({
      auditLogger: auditLogger(log.logger),
      reap: async () => report,
      verify: { proof: createProbeProof(Buffer.alloc(32)) },
      now: () => now,
    });
  });
  afterEach(() => front.app.close());

  /** The lines so far, without what every line of a log has. */
  const lines = (): Record<string, unknown>[] =>
    log
      .logs()
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => {
        const { level, time, pid, hostname, reqId, ...rest } = JSON.parse(line) as Record<string, unknown>;
        expect([level, typeof reqId]).toEqual([30, 'string']);
        return rest;
      });
  const said = { component: 'audit', msg: 'audit', from: '127.0.0.9' };
  const ask = (token: string, options: InjectOptions) => front.app.inject(signedIn(token, options));
  const authorized = { authorization: `Bearer ${OPS}` };

  it('tells who ended whose session, from where, and what came of it', async () => {
    await openSession(front, 'ada');
    await ask(OPS, { method: 'DELETE', url: '/narrative_shutdown/ada', headers: authorized });
    await ask(OPS, { method: 'DELETE', url: '/narrative_shutdown/nobody', headers: authorized });
    const deed = { ...said, action: 'session.shutdown', who: 'root' };
    expect(lines()).toEqual([
      { ...deed, whose: 'ada', session: 'narrative-ada-e4ea29', outcome: 'done' },
      { ...deed, whose: 'nobody', outcome: 'not-found' },
    ]);
  });

  it('tells who tried and may not', async () => {
    await openSession(front, 'ada');
    await ask('token-eve', { method: 'DELETE', url: '/narrative_shutdown/ada', headers: { authorization: 'Bearer token-eve' } });
    expect(lines()).toEqual([{ ...said, action: 'session.shutdown', who: 'eve', whose: 'ada', outcome: 'refused' }]);
  });

  it('tells what could not be done', async () => {
    await openSession(front, 'ada');
    front.store.beforeWrite = () => {
      throw new Error('disk full');
    };
    expect((await ask(OPS, { method: 'DELETE', url: '/narrative_shutdown/ada', headers: authorized })).statusCode).toBe(500);
    expect(lines()).toEqual([{ ...said, action: 'session.shutdown', who: 'root', whose: 'ada', outcome: 'failed' }]);
  });

  it('is silent about what people do with their own', async () => {
    await openSession(front, 'ada');
    await ask('token-ada', { url: '/narrative_status/' });
    await ask('token-ada', { method: 'DELETE', url: '/narrative_shutdown/', headers: { authorization: 'Bearer token-ada' } });
    expect(lines()).toEqual([]);
  });

  it('tells who was told all sessions', async () => {
    await ask(OPS, { url: '/narrative_status/' });
    expect(lines()).toEqual([{ ...said, action: 'sessions.list', who: 'root', outcome: 'done' }]);
  });

  it('tells who had the idle sessions looked for, and who may not', async () => {
    await front.app.inject({ url: '/reaper/', remoteAddress: '127.0.0.1' });
    report = { ...REPORT, problem: 'Rancher is away.' };
    await front.app.inject({ url: '/reaper/', remoteAddress: '127.0.0.1' });
    await front.app.inject({ url: '/reaper/', remoteAddress: '192.0.2.1' });
    const deed = { ...said, action: 'reaper.run', from: '127.0.0.1' };
    const detail = { deleted: 2, stopped: 1 };
    expect(lines()).toEqual([
      { ...deed, outcome: 'done', detail },
      { ...deed, outcome: 'failed', detail },
      { ...deed, from: '192.0.2.1', outcome: 'refused' },
    ]);
  });

  it("tells once a minute that an administrator is in somebody's notebook", async () => {
    const { metadata } = await openSession(front, 'ada');
    const enter = () => ask(OPS, { url: `${VERIFY_PATH}${metadata.uid}` });
    for (let request = 0; request < 50; request += 1) expect((await enter()).statusCode).toBe(204);
    expect((await ask('token-ada', { url: `${VERIFY_PATH}${metadata.uid}` })).statusCode).toBe(204);
    now += 60_000;
    await enter();
    const entry = { ...said, action: 'session.enter', who: 'root', whose: 'ada', session: metadata.name, outcome: 'done' };
    expect(lines()).toEqual([entry, entry]);
  });

  it('holds neither tokens nor cookies', async () => {
    const { metadata } = await openSession(front, 'ada');
    await ask(OPS, { method: 'DELETE', url: '/narrative_shutdown/ada?token=secret', headers: authorized });
    const secret = await front.store.secret(metadata.uid);
    for (const hidden of [OPS, secret as string, 'token=secret']) expect(log.logs()).not.toContain(hidden);
  });
});

it('is written at every level of the log but silent', () => {
  const written = (level: string): number => {
    const lines: string[] = [];
    auditLogger(pino({ level }, { write: (line: string) => lines.push(line) })).info('audit');
    return lines.length;
  };
  expect(['error', 'info', 'silent'].map(written)).toEqual([1, 1, 0]);
});
