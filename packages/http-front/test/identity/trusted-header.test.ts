import { request } from 'node:http';
import { afterEach, describe, expect, it } from '@jest/globals';
import { createTrustedHeader } from '../../src/index.js';
import { JSON_HEADERS, PAGE_HEADERS, type TestFront, testFront } from '../support/front.js';

let front: TestFront | undefined;
afterEach(() => front?.app.close());

async function behind(...networks: string[]) {
  const identity = createTrustedHeader({ userHeader: 'X-Forwarded-User', rolesHeader: 'X-Forwarded-Groups', networks });
  front = await testFront({ identity, settings: { statusRole: 'ops', trustedProxies: ['0.0.0.0/1', '128.0.0.0/1'] } });
  const { app } = front;
  return (remoteAddress: string, headers: Record<string, string | string[]>, url = '/narrative/') =>
    app.inject({ url, remoteAddress, headers: { ...JSON_HEADERS, ...headers } });
}

describe('a header that names the person', () => {
  it('is believed on the proxy’s connections, of both families', async () => {
    const ask = await behind('10.42.0.0/16', '2001:db8::7');
    for (const address of ['10.42.1.2', '::ffff:10.42.1.2', '2001:db8::7']) {
      const answer = await ask(address, { 'x-forwarded-user': 'ada' });
      expect([answer.statusCode, answer.json().name]).toEqual([202, 'narrative-ada-e4ea29']);
    }
  });

  it('is ignored from anybody else, whatever X-Forwarded-For says', async () => {
    const ask = await behind('10.42.0.0/16');
    const claims: Record<string, string>[] = [{}, { 'x-forwarded-for': '10.42.1.2' }, { 'x-real-ip': '10.42.1.2' }];
    for (const forwarded of claims) {
      const answer = await ask('192.0.2.1', { 'x-forwarded-user': 'ada', ...forwarded });
      expect([answer.statusCode, answer.json().code]).toEqual([401, 'not-signed-in']);
    }
    expect(front?.store.all()).toEqual([]);
  });

  it('is the only thing that counts: neither cookies nor tokens are looked at', async () => {
    const ask = await behind('10.42.0.0/16');
    const tokens = { cookie: 'kbase_session=token-ada', authorization: 'Bearer token-ada' };
    expect((await ask('10.42.1.2', tokens)).statusCode).toBe(401);
    expect((await ask('10.42.1.2', { ...tokens, 'x-forwarded-user': 'bob' })).json().name).toMatch(/^narrative-bob-/);
  });

  it.each(['ada, bob', 'a b', 'ädä', 'a'.repeat(257), 'system:pool'])('names nobody by %j', async (user) => {
    const ask = await behind('10.42.0.0/16');
    expect((await ask('10.42.1.2', { 'x-forwarded-user': user })).statusCode).toBe(403);
  });

  it('is refused where it comes twice: one of the two is not the proxy’s', async () => {
    await behind('127.0.0.1');
    const url = await front?.app.listen({ host: '127.0.0.1', port: 0 });
    const status = await new Promise((resolve, reject) => {
      const asking = request(`${url}/narrative/`, { headers: { ...JSON_HEADERS, 'X-Forwarded-User': ['ada', 'bob'] } }, (answer) => {
        answer.resume();
        resolve(answer.statusCode);
      });
      asking.on('error', reject);
      asking.end();
    });
    expect(status).toBe(403);
  });

  it('has roles beside it', async () => {
    const ask = await behind('10.42.0.0/16');
    const services = async (groups: string) =>
      (await ask('10.42.1.2', { 'x-forwarded-user': 'ada', 'x-forwarded-groups': groups }, '/narrative_status/')).json().narrative_services;
    expect(await services('staff, ops')).toEqual([]);
    expect(await services('staff')).toBeUndefined();
  });

  it('is no leave to change something: the proxy adds it to what other sites’ pages send, too', async () => {
    const ask = await behind('10.42.0.0/16');
    await ask('10.42.1.2', { 'x-forwarded-user': 'ada' });
    const end = (headers: Record<string, string>) =>
      front?.app.inject({
        method: 'DELETE',
        url: '/narrative_shutdown/',
        remoteAddress: '10.42.1.2',
        headers: { host: 'lab.example', 'x-forwarded-user': 'ada', ...headers },
      });
    expect((await end({}))?.statusCode).toBe(403);
    expect((await end({ authorization: 'Bearer x' }))?.statusCode).toBe(403);
    expect((await end({ origin: 'https://evil.example' }))?.statusCode).toBe(403);
    expect((await end({ origin: 'https://lab.example' }))?.statusCode).toBe(200);
  });

  it('sends a page nowhere: a proxy in front signs people in', async () => {
    const ask = await behind('10.42.0.0/16');
    const answer = await ask('10.42.1.2', PAGE_HEADERS);
    expect([answer.statusCode, answer.headers['content-type']]).toEqual([401, 'text/html; charset=utf-8']);
  });

  it('needs networks that are some', () => {
    const header = { userHeader: 'a', rolesHeader: 'b', networks: ['proxy.example'] };
    expect(() => createTrustedHeader(header)).toThrow('identity networks: "proxy.example" is neither');
  });
});
