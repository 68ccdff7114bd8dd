import { afterEach, describe, expect, it } from '@jest/globals';
import type { ReaperReport } from '@mooring/resources';
import type { TestFront } from '../support/front.js';
import { site } from './site.js';

const REPORT: ReaperReport = { seen: 5, active: 3, quiet: 2, unknown: 0, marked: 0, deleted: 2, stopped: 0, failed: [] };

let front: TestFront;
afterEach(() => front.app.close());

async function reap(report: Partial<ReaperReport>, remoteAddress = '127.0.0.1') {
  front = await site({ reap: async () => ({ ...REPORT, ...report }) });
  return front.app.inject({ url: '/reaper/', remoteAddress });
}

describe('GET /reaper/', () => {
  it('200, Reaper success: N deleted', async () => {
    const answer = await reap({});
    expect([answer.statusCode, answer.body.trim()]).toEqual([200, 'Reaper success: 2 deleted']);
  });

  it('403 from an address outside of reaper_ipnetwork, which is named', async () => {
    const answer = await reap({}, '192.0.2.7');
    expect([answer.statusCode, answer.body]).toEqual([403, expect.stringContaining('Reaper error: access denied from IP 192.0.2.7')]);
  });

  it('differs: a pass that could not see is no success; there it was "Reaper success: None deleted"', async () => {
    const answer = await reap({ deleted: 0, problem: 'Rancher does not answer.' });
    expect([answer.statusCode, answer.body.trim()]).toEqual([503, 'Reaper error: Rancher does not answer. 0 deleted']);
  });
});
