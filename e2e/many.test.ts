import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type RunningMooring, startMooring } from './support/mooring.js';
import { Person } from './support/person.js';
import { servicesOf } from './support/rancher.js';

const PEOPLE = 50;

describe('fifty people at once', () => {
  let mooring: RunningMooring;
  beforeAll(async () => {
    mooring = await startMooring();
  }, 120_000);
  afterAll(() => mooring?.dispose(), 30_000);

  it('each get a notebook of their own, and nobody reaches the instance of another', async () => {
    const people = Array.from({ length: PEOPLE }, (_, number) => new Person(mooring.origin, `person${number}`));
    const instances = await Promise.all(people.map((person) => person.openDemo(90_000)));
    expect(new Set(instances.map(({ instance }) => instance)).size).toBe(PEOPLE);
    const services = await servicesOf(mooring.base);
    expect(services).toHaveLength(PEOPLE);
    expect(new Set(services.map(({ name }) => name)).size).toBe(PEOPLE);
    // Asked again, each is led to the same one.
    const again = await Promise.all(people.map((person) => person.demoStatus()));
    expect(again.map(({ instance }) => instance)).toEqual(instances.map(({ instance }) => instance));
  }, 120_000);

  it('get nobody in with a cookie that is nearly right', async () => {
    const person = new Person(mooring.origin, 'person0');
    await person.signIn();
    await person.wish();
    const secret = person.cookies.get('narrative_session') as string;
    expect(secret).toMatch(/^[0-9a-f]{64}$/);
    const wrong = [
      `xnarrative_session=${secret}`,
      `narrative_session=${secret}0`,
      `narrative_session=${secret.slice(0, -1)}`,
      `a=narrative_session=${secret}`,
    ];
    for (const cookie of wrong) {
      const { status, headers } = await new Person(mooring.origin, 'x').ask('/narrative/api/status', { headers: { cookie } });
      expect([cookie, status, headers['mooring-front'] !== undefined]).toEqual([cookie, 503, true]);
    }
    expect(
      (await new Person(mooring.origin, 'x').ask('/narrative/api/status', { headers: { cookie: `a=b; narrative_session=${secret}` } }))
        .status,
    ).toBe(200);
  });
});
