import { describe, expect, it } from '@jest/globals';
import { recordWish } from '../../src/narrative/wish.js';
import { RouteSecrets } from '../../src/sessions/route-secrets.js';
import { deps } from '../support/wish-deps.js';

const ada = { user: 'ada', ip: '127.0.0.1' };

describe('the secrets in memory', () => {
  /** How often the store was asked for a secret. */
  function counted() {
    const all = deps();
    const asked = { times: 0 };
    const { secret } = all.memory;
    all.memory.secret = (uid) => {
      asked.times += 1;
      return secret.call(all.memory, uid);
    };
    const secrets = new RouteSecrets(all.store, all.sessions);
    return { ...all, secrets, asked };
  }

  it('answer whose session is ready without the store', async () => {
    const all = counted();
    const { session, secret } = await recordWish(ada, all);
    all.memory.makeReady(session.metadata.name);
    await recordWish(ada, all);
    const before = all.asked.times;
    for (let wish = 0; wish < 5; wish += 1) expect((await recordWish(ada, all)).secret).toBe(secret);
    expect(all.asked.times).toBe(before);
  });

  it('are not believed while a session is not ready: it may be gone, and the wish with it', async () => {
    const all = counted();
    await recordWish(ada, all);
    await recordWish(ada, all);
    expect(all.asked.times).toBe(2);
  });

  it('go with their sessions, and with the front', async () => {
    const all = counted();
    const { session } = await recordWish(ada, all);
    const { uid, name } = session.metadata;
    expect(all.secrets.peek(uid)).toBeDefined();
    all.memory.remove(name);
    expect(all.secrets.peek(uid)).toBeUndefined();
    await all.secrets.ask(uid);
    expect(all.secrets.peek(uid)).toBeUndefined();
    all.secrets.close();
    expect(all.memory.listeners).toBe(0);
  });
});
