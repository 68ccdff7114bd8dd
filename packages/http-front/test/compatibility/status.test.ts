import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { POOL_LABEL, POOL_OWNER } from '@mooring/resources';
import type { TestFront } from '../support/front.js';
import { NOW, openSession, signedIn, site } from './site.js';

let front: TestFront;
let lastActive: number | undefined;
beforeEach(async () => {
  lastActive = undefined;
  front = await site({ lastActive: () => lastActive });
});
afterEach(() => front.app.close());

const status = (token?: string) =>
  front.app.inject(token === undefined ? { url: '/narrative_status/' } : signedIn(token, { url: '/narrative_status/' }));
const BASE = { timestamp: '2030-01-02T03:04:05.678Z', version: '1.2.3', git_hash: 'abc123' };

describe('GET /narrative_status/', () => {
  it.each([
    ['nobody', undefined],
    ['a token that is rejected', 'made-up'],
    ['somebody without the status role', 'token-ada'],
  ])('tells %s timestamp, version and git_hash, with 200', async (_who, token) => {
    await openSession(front, 'ada');
    const answer = await status(token);
    expect(answer.statusCode).toBe(200);
    expect(answer.headers['content-type']).toContain('application/json');
    expect(answer.json()).toEqual(BASE);
  });

  it('differs: 503 for a token of which nobody can tell whose it is: without the services it would look as if it had no role', async () => {
    expect((await status('down')).statusCode).toBe(503);
    expect((await status()).statusCode).toBe(200);
  });

  it('tells who has the status role every service', async () => {
    const { metadata } = await openSession(front, 'ada');
    const answer = await status('token-eve-ops');
    expect(answer.json()).toEqual({
      ...BASE,
      narrative_services: [
        {
          instance: 'narrative-ada-e4ea29',
          state: 'active',
          session_id: 'ada-e4ea29',
          session_key: metadata.uid,
          image: 'docker:mooring/demo:1',
          publicEndpoints: '[]',
          last_seen: 'Wed Jan  2 03:04:05 2030',
          last_ip: '127.0.0.9',
          created: '1970-01-01T00:00:00.000Z',
        },
      ],
    });
  });

  it('tells those that wait for somebody as queued, with * for the person', async () => {
    const { metadata } = await openSession(front, 'ada');
    front.store.change(metadata.name, ({ metadata: { labels }, spec }) => {
      labels[POOL_LABEL] = 'narrative';
      spec.owner.name = POOL_OWNER;
    });
    expect((await status('token-eve-ops')).json().narrative_services).toMatchObject([{ state: 'queued', session_id: '*' }]);
  });

  it('differs: session_key is not the cookie, with which whoever reads the status would be in everybody’s notebook', async () => {
    const { metadata } = await openSession(front, 'ada');
    const secret = (await front.store.secret(metadata.uid)) ?? '';
    const answers = [await status('token-eve-ops'), await status('token-ada')];
    for (const { body } of answers) expect(body).not.toContain(secret);
  });

  it('differs: last_seen is when somebody was last seen, and never just now', async () => {
    const { metadata } = await openSession(front, 'ada');
    const seen = async () => (await status('token-eve-ops')).json().narrative_services[0].last_seen;
    lastActive = NOW + 3_600_000;
    expect(await seen()).toBe('Wed Jan  2 04:04:05 2030');
    front.store.remove(metadata.name);
    await openSession(await other(), 'ada');
    expect((await front.app.inject(signedIn('token-eve-ops', { url: '/narrative_status/' }))).json().narrative_services[0].last_seen).toBe(
      'Thu Jan  1 00:00:00 1970',
    );
  });

  it('leaves out what is being deleted', async () => {
    const { metadata } = await openSession(front, 'ada');
    await front.store.delete('Session', metadata.name);
    expect((await status('token-eve-ops')).json().narrative_services).toEqual([]);
  });

  it('is answered without the slash, too', async () => {
    expect((await front.app.inject({ url: '/narrative_status' })).json()).toEqual(BASE);
  });

  it('says so where nobody knows the version', async () => {
    await front.app.close();
    front = await site({ about: undefined });
    expect((await status()).json()).toMatchObject({ version: 'not available', git_hash: 'not available' });
  });
});

/** A front that has seen nobody since it was started. */
async function other(): Promise<TestFront> {
  await front.app.close();
  front = await site({ uses: { note: () => {}, last: () => undefined } });
  return front;
}
