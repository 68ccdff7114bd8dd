import { afterEach, describe, expect, it } from '@jest/globals';
import type { ReaperReport } from '@mooring/resources';
import { PAGE_HEADERS, type TestFront, type TestFrontOptions, testFront } from '../support/front.js';

const NOTHING: ReaperReport = { seen: 0, active: 0, quiet: 0, unknown: 0, marked: 0, deleted: 0, stopped: 0, failed: [] };

let front: TestFront | undefined;
afterEach(() => front?.app.close());

/** A front whose pass gives this report; `passes` counts them. */
async function reaper(report: Partial<ReaperReport> = {}, settings: TestFrontOptions['settings'] = {}) {
  const passes = { count: 0 };
  const reap = async () => {
    passes.count += 1;
    return { ...NOTHING, ...report };
  };
  front = await testFront({ reap, settings });
  const { app } = front;
  const ask = (remoteAddress: string, headers: Record<string, string> = {}, url = '/reaper/') =>
    app.inject({ url, remoteAddress, headers });
  return { ask, passes, front };
}

describe('GET /reaper/', () => {
  it('answers as narrative-traefiker does', async () => {
    const { ask, passes } = await reaper({ seen: 7, deleted: 3 });
    for (const url of ['/reaper/', '/reaper']) {
      const answer = await ask('127.0.0.1', {}, url);
      expect(answer.statusCode).toBe(200);
      expect(answer.headers['content-type']).toBe('text/plain; charset=utf-8');
      expect(answer.body).toBe('Reaper success: 3 deleted\n');
    }
    expect(passes.count).toBe(2);
  });

  it('tells what was stopped', async () => {
    const { ask } = await reaper({ stopped: 2 });
    expect((await ask('127.0.0.1')).body).toBe('Reaper success: 0 deleted, 2 stopped\n');
  });

  it('names what failed, and is no success then', async () => {
    const failed = [
      { session: 'narrative-a', why: 'Rancher says 422' },
      { session: 'narrative-b', why: 'no answer within 10 s' },
    ];
    const { ask } = await reaper({ deleted: 1, failed });
    const answer = await ask('127.0.0.1');
    expect(answer.statusCode).toBe(500);
    expect(answer.body).toBe('Reaper error: 1 deleted, 2 failed: narrative-a (Rancher says 422); narrative-b (no answer within 10 s)\n');
  });

  it('says so where it could not see', async () => {
    const { ask } = await reaper({ problem: 'Rancher does not answer.' });
    const answer = await ask('127.0.0.1');
    expect([answer.statusCode, answer.headers['retry-after']]).toEqual([503, '30']);
    expect(answer.body).toBe('Reaper error: Rancher does not answer. 0 deleted\n');
  });

  it('gives programs the whole report, with the same status', async () => {
    const report = { ...NOTHING, seen: 4, active: 1, quiet: 1, unknown: 2, problem: 'Rancher does not answer.' };
    const { ask } = await reaper(report);
    const answer = await ask('127.0.0.1', { accept: 'application/json' });
    expect([answer.statusCode, answer.json()]).toEqual([503, report]);
  });

  it('hides what went wrong inside', async () => {
    front = await testFront({ reap: async () => Promise.reject(new Error('inner')) });
    const answer = await front.app.inject({ url: '/reaper/' });
    expect([answer.statusCode, answer.json().code]).toEqual([500, 'internal']);
    expect(front.logs()).toContain('inner');
  });

  it('is counted', async () => {
    const { ask, front } = await reaper();
    await ask('127.0.0.1');
    expect(await front.registry.metrics()).toContain('mooring_front_requests_total{door="reaper",code="200"} 1');
  });

  it('takes GET only', async () => {
    const { front, passes } = await reaper();
    for (const method of ['HEAD', 'POST', 'DELETE'] as const)
      expect((await front.app.inject({ method, url: '/reaper/' })).statusCode).toBe(404);
    expect(passes.count).toBe(0);
  });

  it('is not there where nobody reaps', async () => {
    front = await testFront();
    expect((await front.app.inject({ url: '/reaper/', headers: PAGE_HEADERS })).statusCode).toBe(404);
  });
});

describe('who may call it', () => {
  it('is this machine, unless told otherwise', async () => {
    const { ask, passes } = await reaper();
    const answer = await ask('192.0.2.1');
    expect(answer.statusCode).toBe(403);
    expect(answer.headers['content-type']).toBe('text/plain; charset=utf-8');
    expect(answer.body).toMatch(/^Reaper error: access denied from IP 192\.0\.2\.1: .*reaper_ipnetwork/);
    expect((await ask('127.0.0.9')).statusCode).toBe(403);
    expect(passes.count).toBe(0);
  });

  it('is told to programs as a problem', async () => {
    const { ask } = await reaper();
    const answer = await ask('192.0.2.1', { accept: 'application/json' });
    expect([answer.statusCode, answer.json().code]).toEqual([403, 'access-denied']);
  });

  it('is whoever is in one of the networks, of both families', async () => {
    const { ask } = await reaper({}, { reaperNetworks: ['10.0.0.0/8', '2001:db8::/32'] });
    const codes = async (...addresses: string[]) => Promise.all(addresses.map(async (address) => (await ask(address)).statusCode));
    expect(await codes('10.1.2.3', '::ffff:10.1.2.3', '2001:db8::7')).toEqual([200, 200, 200]);
    expect(await codes('11.1.2.3', '127.0.0.1', '::1')).toEqual([403, 403, 403]);
  });

  it('is everybody with 0.0.0.0/0, and only IPv6 with ::/0', async () => {
    const { ask } = await reaper({}, { reaperNetworks: ['0.0.0.0/0'] });
    expect([(await ask('203.0.113.1')).statusCode, (await ask('2001:db8::1')).statusCode]).toEqual([200, 200]);
    await front?.app.close();
    const six = await reaper({}, { reaperNetworks: ['::/0'] });
    expect([(await six.ask('203.0.113.1')).statusCode, (await six.ask('2001:db8::1')).statusCode]).toEqual([403, 200]);
  });
});

describe('an address that a header tells', () => {
  const settings = { trustedProxies: ['10.0.0.1'], reaperNetworks: ['192.0.2.0/24', '127.0.0.1'] };

  it('counts where a trusted proxy tells it', async () => {
    const { ask } = await reaper({}, settings);
    expect((await ask('10.0.0.1', { 'x-forwarded-for': '192.0.2.7' })).statusCode).toBe(200);
    // What is left of the address that the proxy saw, its client made up.
    expect((await ask('10.0.0.1', { 'x-forwarded-for': '192.0.2.7, 203.0.113.5' })).body).toContain('access denied from IP 203.0.113.5');
    expect((await ask('10.0.0.1')).statusCode).toBe(403);
  });

  it.each(['x-forwarded-for', 'forwarded'])('is refused from anywhere else (%s), whoever it is', async (name) => {
    const { ask, passes } = await reaper({}, { ...settings, reaperNetworks: ['0.0.0.0/0'] });
    for (const address of ['127.0.0.1', '192.0.2.7', '2001:db8::1']) {
      const answer = await ask(address, { [name]: 'for=127.0.0.1' });
      expect(answer.statusCode).toBe(403);
      expect(answer.body).toContain(`Reaper error: access denied from IP ${address}: a forwarded address is believed only if`);
    }
    expect(passes.count).toBe(0);
  });

  it('is refused where a trusted proxy tells it in a way that is not read here', async () => {
    const { ask } = await reaper({}, { ...settings, reaperNetworks: ['0.0.0.0/0'] });
    expect((await ask('10.0.0.1', { forwarded: 'for=192.0.2.7' })).statusCode).toBe(403);
    expect((await ask('10.0.0.1', { forwarded: 'for=1.1.1.1', 'x-forwarded-for': '192.0.2.7' })).statusCode).toBe(200);
  });

  it('that is none is in no network', async () => {
    const { ask } = await reaper({}, { ...settings, reaperNetworks: ['0.0.0.0/0', '::/0'] });
    expect((await ask('10.0.0.1', { 'x-forwarded-for': '<script>' })).statusCode).toBe(403);
  });
});
