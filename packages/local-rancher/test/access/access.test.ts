import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { type Answer, Harness } from '../support/harness.js';

let rancher: Harness;
beforeEach(async () => {
  rancher = await Harness.start();
});
afterEach(async () => rancher.end());

const root = (path: string): string => `${rancher.rancher.url}/${path}`;
const basic = (user: string, password: string) => ({ authorization: `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}` });

const makeKey = async (accountId: string): Promise<{ id: string; headers: { authorization: string }; body: Answer['body'] }> => {
  const { status, body } = await rancher.post(root('apikeys'), { accountId, name: 'key' });
  expect(status).toBe(201);
  await rancher.untilState(root(`apikeys/${String(body.id)}`), 'active');
  return { id: String(body.id), headers: basic(String(body.publicValue), String(body.secretValue)), body };
};

const switchOn = () =>
  rancher.post(root('localauthconfigs'), { enabled: true, accessMode: 'unrestricted', name: 'Admin', username: 'admin', password: 'pass' });

describe('a key', () => {
  it('shows its secret once only (10-01, 10-03)', async () => {
    const { id, body } = await makeKey('1a1');
    expect(body).toMatchObject({ type: 'apiKey', accountId: '1a1', secretValue: expect.stringMatching(/^\w{40}$/) });
    expect((await rancher.get(root(`apikeys/${id}`))).body).toMatchObject({ secretValue: null, publicValue: body.publicValue });
  });

  it('of the project is honoured while authentication is off, others are not looked at (10-04, 03-08)', async () => {
    const { headers } = await makeKey('1a5');
    expect((await rancher.call('GET', root('projects'), undefined, headers)).headers.get('x-api-account-kind')).toBe('project');
    expect((await rancher.call('GET', root('projects'), undefined, basic('x', 'y'))).headers.get('x-api-account-kind')).toBe('admin');
  });
});

describe('with authentication on', () => {
  it('asks for a key (10-10)', async () => {
    expect((await switchOn()).status).toBe(201);
    for (const headers of [
      {},
      basic('admin', 'pass'),
      basic('x', 'y'),
      { authorization: 'Basic garbage' },
      { authorization: 'Bearer garbage' },
    ]) {
      const answer = await rancher.call('GET', root('projects'), undefined, headers as Record<string, string>);
      expect(answer).toMatchObject({ status: 401, body: { type: 'error', code: 'Unauthorized' } });
      expect(answer.headers.get('www-authenticate')).toMatch(/^Basic realm=/);
      expect(answer.headers.get('x-api-account-id')).toBeNull();
    }
  });

  it('takes keys, and knows whose they are (10-10, 10-13)', async () => {
    const account = await makeKey('1a1');
    const environment = await makeKey('1a5');
    await switchOn();
    const get = (path: string, headers: Record<string, string>) => rancher.call('GET', root(path), undefined, headers);
    expect((await get('projects/1a5/services', account.headers)).status).toBe(200);
    expect((await get('projects/1a5/services', environment.headers)).status).toBe(200);
    expect((await get('accounts', environment.headers)).body.data.map(({ id }) => id)).toEqual(['1a5']);
    expect((await get('projects/1a6/services', environment.headers)).status).toBe(403);
    expect((await get('projects/1a5', environment.headers)).body.actions).toEqual({ defaultNetworkId: expect.any(String) });
  });

  it('refuses a key that was deactivated (10-14)', async () => {
    const account = await makeKey('1a1');
    const environment = await makeKey('1a5');
    await switchOn();
    const path = root(`apikeys/${environment.id}`);
    expect(await rancher.call('POST', `${path}?action=deactivate`, {}, account.headers)).toMatchObject({
      status: 202,
      body: { state: 'deactivating' },
    });
    expect((await rancher.call('GET', root('projects'), undefined, environment.headers)).status).toBe(401);
  });

  it('lets people log in, and takes the token (10-12)', async () => {
    await switchOn();
    expect((await rancher.post(root('token'), { code: 'admin:bad' })).status).toBe(401);
    const { status, body } = await rancher.post(root('token'), { code: 'admin:pass' });
    expect([status, body.userType]).toEqual([201, 'admin']);
    const headers = { authorization: `Bearer ${String(body.jwt)}` };
    expect((await rancher.call('GET', root('projects'), undefined, headers)).status).toBe(200);
    expect((await rancher.get(root('token'))).body.data).toMatchObject([{ enabled: true, security: true, jwt: null }]);
  });

  it('stays on after a restart, and the keys too', async () => {
    const { headers } = await makeKey('1a1');
    await switchOn();
    await rancher.halt();
    await rancher.boot();
    expect((await rancher.get(root('projects'))).status).toBe(401);
    expect((await rancher.call('GET', root('projects'), undefined, headers)).status).toBe(200);
  });
});
