import { describe, expect, it } from '@jest/globals';
import {
  CLAIMED_AS_ANNOTATION,
  CLAIMED_FROM_ANNOTATION,
  CLIENT_IP_ANNOTATION,
  instantiate,
  POOL_LABEL,
  POOL_OWNER,
  type Session,
} from '@mooring/resources';
import { recordWish } from '../../src/narrative/wish.js';
import { deps } from '../support/wish-deps.js';

const wisher = (user: string) => ({ user, ip: '192.0.2.1' });
type Deps = ReturnType<typeof deps>;

/** Puts ready members into a pool; answers their uids. */
async function fill({ memory, templates }: Deps, count: number, change: (session: Session) => void = () => {}): Promise<string[]> {
  const template = templates.get();
  if (template === undefined) throw new Error('no template');
  const uids: string[] = [];
  for (let number = 0; number < count; number++) {
    const name = `narrativepre-${number}`;
    const draft = instantiate(template, { name, owner: POOL_OWNER });
    await memory.create(
      'Session',
      { ...draft, metadata: { name, labels: { [POOL_LABEL]: 'narrative' }, annotations: {} } },
      { secret: `${number}`.padStart(64, 'a') },
    );
    memory.makeReady(name);
    uids.push(memory.change(name, change).metadata.uid);
  }
  return uids;
}

describe('a wish that finds a warm session', () => {
  it("makes it the person's, with the cookie and the container that it has", async () => {
    const all = deps();
    const [uid] = await fill(all, 1);
    const { session, secret } = await recordWish(wisher('ada'), all);
    expect(session.metadata).toMatchObject({ uid, name: expect.stringMatching(/^narrative-ada-/) });
    expect(session.metadata.labels).toEqual({});
    expect(session.metadata.annotations).toEqual({
      [CLIENT_IP_ANNOTATION]: '192.0.2.1',
      [CLAIMED_FROM_ANNOTATION]: 'narrative',
      [CLAIMED_AS_ANNOTATION]: expect.stringMatching(/^(?!narrative-ada)/),
    });
    expect(session.spec.owner.name).toBe('ada');
    expect(secret).toBe('0'.padStart(64, 'a'));
    expect(all.memory.all()).toHaveLength(1);
  });

  it('leaves the cookie of the session before it behind', async () => {
    const all = deps();
    await fill(all, 2);
    const before = await recordWish(wisher('ada'), all);
    all.memory.remove(before.session.metadata.name);
    const after = await recordWish(wisher('ada'), all);
    expect([after.session.metadata.name, after.secret === before.secret]).toEqual([before.session.metadata.name, false]);
  });

  it('gives nobody the session of another, however many ask at once', async () => {
    const all = deps();
    await fill(all, 10);
    const berths = await Promise.all(Array.from({ length: 40 }, (_, number) => recordWish(wisher(`user${number}`), all)));
    expect(new Set(berths.map(({ session }) => session.metadata.uid)).size).toBe(40);
    expect(new Set(berths.map(({ secret }) => secret)).size).toBe(40);
    for (const [number, { session }] of berths.entries()) expect(session.spec.owner.name).toBe(`user${number}`);
    expect(all.memory.all()).toHaveLength(40);
  });

  it('gives one person one session, however often they ask at once', async () => {
    const all = deps();
    await fill(all, 5);
    const berths = await Promise.all(Array.from({ length: 10 }, () => recordWish(wisher('ada'), all)));
    expect(new Set(berths.map(({ session }) => session.metadata.uid)).size).toBe(1);
    expect(all.memory.all().filter(({ spec }) => spec.owner.name === POOL_OWNER)).toHaveLength(4);
  });

  const unfit: [string, (session: Session) => void][] = [
    [
      'is not ready',
      (session) => {
        session.status.phase = 'Starting';
      },
    ],
    [
      'has another image',
      (session) => {
        session.spec.launch.image = 'kbase/narrative:0.9';
      },
    ],
    [
      'is of an older template',
      (session) => {
        session.spec.templateRef = { name: 'narrative', generation: 99 };
      },
    ],
    [
      'is being deleted',
      (session) => {
        session.metadata.deletionTimestamp = '2026-01-02T03:04:05.678Z';
      },
    ],
    [
      'is no member any more',
      (session) => {
        delete session.metadata.labels[POOL_LABEL];
      },
    ],
  ];
  it.each(unfit)('makes a new one where what waits %s', async (_name, change) => {
    const all = deps();
    const [uid] = await fill(all, 1, change);
    const { session } = await recordWish(wisher('ada'), all);
    expect(session.metadata.uid).not.toBe(uid);
    expect(all.memory.all()).toHaveLength(2);
  });
});
