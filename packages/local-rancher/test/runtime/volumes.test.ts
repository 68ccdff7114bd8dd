import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { locateVolumes, parseVolume } from '../../src/runtime/volumes.js';
import { Fixture } from './fixture.js';

const fixture = new Fixture();
afterEach(() => fixture.cleanUp());

describe('parseVolume', () => {
  it.each([
    ['work:/data', { source: { kind: 'named', name: 'work' }, target: '/data' }],
    ['work:/data/:ro', { source: { kind: 'named', name: 'work' }, target: '/data' }],
    ['/srv/files/:/data', { source: { kind: 'host', path: '/srv/files/' }, target: '/data' }],
    ['/data', { source: { kind: 'anonymous' }, target: '/data' }],
  ])('reads %s', (text, volume) => {
    expect(parseVolume(text)).toEqual(volume);
  });

  it.each(['', 'work', 'work:data', ':/data', '../up:/data', '.hidden:/data', 'a b:/data', 'work:/data:ro:z'])(
    'refuses %j and quotes it',
    (text) => {
      expect(() => parseVolume(text)).toThrow(
        expect.objectContaining({ code: 'InvalidVolume', message: expect.stringContaining(JSON.stringify(text)) }),
      );
    },
  );
});

describe('locateVolumes', () => {
  it('keeps every named volume below the data folder', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.string().filter((name) => !name.startsWith('/')),
        async (name) => {
          const located = await locateVolumes([`${name}:/data`], '/root-of-data', '/scratch').catch(() => undefined);
          for (const folder of located?.values() ?? [])
            expect(folder).toMatch(/^(\/root-of-data\/volumes\/[^/]+|\/scratch\/volumes\/[^/]+)$/);
        },
      ),
    );
  });

  it('uses a folder of the machine where it is there, and creates none', async () => {
    const folder = join(fixture.folder(), 'shared');
    const locate = () => locateVolumes([`${folder}:/data`], '/root-of-data', '/scratch');
    await expect(locate()).rejects.toMatchObject({ code: 'InvalidVolume', message: expect.stringContaining(folder) });
    mkdirSync(folder);
    expect(await locate()).toEqual(new Map([['/data', folder]]));
  });
});
