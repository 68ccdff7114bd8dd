import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { ImageUnknownError, InvalidError, instantiate } from '../src/index.js';
import { template } from './support/drafts.js';
import { openTestStore } from './support/stores.js';

const INSTANCE = { name: 'narrative-ada-1', owner: 'ada' };

function launchWith(launch: Partial<ReturnType<typeof template>['spec']['launch']>) {
  return template({ launch: { env: {}, labels: {}, port: 8888, capDrop: [], volumes: [], ...launch } });
}

function volumeOf(volume: string, instance = INSTANCE): string | undefined {
  return instantiate(launchWith({ volumes: [volume] }), instance).spec.launch.volumes?.[0];
}

describe('instantiate', () => {
  it('makes a Session that a store takes, with all that the template says', async () => {
    const source = launchWith({
      labels: { tier: 'one' },
      port: 8080,
      capDrop: ['MKNOD'],
      memory: 2 ** 30,
      command: ['serve', '--name=$(SESSION_NAME)'],
    });
    const store = await openTestStore();
    const session = await store.create('Session', instantiate(source, { ...INSTANCE, annotations: { note: 'x' } }));
    expect(session.metadata).toMatchObject({ name: 'narrative-ada-1', annotations: { note: 'x' } });
    expect(session.spec).toEqual({
      owner: { name: 'ada' },
      templateRef: { name: 'narrative', generation: 3 },
      launch: {
        image: 'kbase/narrative:4.2',
        command: ['serve', '--name=narrative-ada-1'],
        env: {},
        labels: { tier: 'one' },
        port: 8080,
        capDrop: ['MKNOD'],
        memory: 2 ** 30,
        volumes: [],
      },
      route: { type: 'cookie', cookieName: 'narrative_session', pathPrefix: '/narrative/', hosts: [] },
      probe: { path: '/narrative/api/status' },
      running: true,
    });
  });

  it('shares nothing with the template, which may be frozen', () => {
    const source = launchWith({ env: { A: 'x' } });
    const draft = instantiate(Object.freeze(source), INSTANCE);
    source.spec.launch.env.A = 'later';
    expect(draft.spec.launch.env).toEqual({ A: 'x' });
  });

  it('takes the tag that is written, whatever was read before', () => {
    expect(instantiate(template({}, { image: 'kbase/narrative:5.0' }), INSTANCE).spec.launch.image).toBe('kbase/narrative:4.2');
  });

  it('takes the version that was read where a URL says it, and says so where it is not known yet', () => {
    const image = { name: 'kbase/narrative', versionUrl: 'https://example.org/version' };
    expect(instantiate(template({ image }, { image: 'kbase/narrative:6' }), INSTANCE).spec.launch.image).toBe('kbase/narrative:6');
    expect(() => instantiate(template({ image }), INSTANCE)).toThrow(ImageUnknownError);
    // Read when the template named another repository.
    expect(() => instantiate(template({ image }, { image: 'kbase/other:6' }), INSTANCE)).toThrow(ImageUnknownError);
  });
});

describe('expansion', () => {
  it.each([
    ['$(SESSION_NAME)', 'narrative-ada-1'],
    ['of $(SESSION_OWNER)$(SESSION_OWNER)!', 'of adaada!'],
    ['$$(SESSION_NAME)', '$(SESSION_NAME)'],
    ['$$$(SESSION_NAME)', '$narrative-ada-1'],
    ['$$$$(SESSION_NAME)', '$$(SESSION_NAME)'],
    ['$(HOME) $(OTHER_THING)', '$(HOME) $(OTHER_THING)'],
    ['$SESSION_NAME $() $( pa$$word $', '$SESSION_NAME $() $( pa$$word $'],
    ['$(toString) $(__proto__)', '$(toString) $(__proto__)'],
  ])('turns %j into %j, in environment and command', (text, expanded) => {
    const { launch } = instantiate(launchWith({ env: { X: text }, command: [text] }), INSTANCE).spec;
    expect([launch.env?.X, launch.command?.[0]]).toEqual([expanded, expanded]);
  });

  it('takes an owner as they are in environment values, and expands nothing in them again', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (owner) => {
        const draft = instantiate(launchWith({ env: { X: '<$(SESSION_OWNER)>' } }), { ...INSTANCE, owner });
        expect(draft.spec.launch.env?.X).toBe(`<${owner}>`);
      }),
      { examples: [['$(SESSION_NAME)'], ["$& $' $1"]] },
    );
  });

  it('puts name and owner into volumes', () => {
    expect(volumeOf('work-$(SESSION_NAME):/home/work')).toBe('work-narrative-ada-1:/home/work');
    expect(volumeOf('/data/$(SESSION_OWNER):/home/$(SESSION_OWNER):ro', { ...INSTANCE, owner: 'Ada_L.1-x' })).toBe(
      '/data/Ada_L.1-x:/home/Ada_L.1-x:ro',
    );
  });

  it.each(['..', '.', 'a/b', 'a:b', 'a b', '../etc', 'ä', 'a\n'])('refuses the owner %j in a volume, and only there', (owner) => {
    expect(() => volumeOf('/data/$(SESSION_OWNER):/home', { ...INSTANCE, owner })).toThrow(InvalidError);
    expect(() => volumeOf('work-$(SESSION_OWNER):/home', { ...INSTANCE, owner })).toThrow(/spec\.launch\.volumes\.0 must not use/);
    expect(volumeOf('/data/$$(SESSION_OWNER):/home', { ...INSTANCE, owner })).toBe('/data/$(SESSION_OWNER):/home');
  });

  it('never lets an owner out of the folder, nor add a part to the volume', () => {
    fc.assert(
      fc.property(fc.string(), (owner) => {
        let volume: string | undefined;
        try {
          volume = volumeOf('/data/$(SESSION_OWNER):/home', { ...INSTANCE, owner });
        } catch (error) {
          expect(error).toBeInstanceOf(InvalidError);
          return;
        }
        expect(volume).toMatch(/^\/data\/[A-Za-z0-9_.-]+:\/home$/);
        expect(volume).not.toMatch(/\/\.{1,2}:/);
      }),
    );
  });
});
