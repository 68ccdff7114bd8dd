import { describe, expect, it } from '@jest/globals';
import { nameSchema } from '@mooring/resources';
import fc from 'fast-check';
import { checkContainerName, sessionNames } from '../../src/narrative/names.js';

const first = (user: string, containerName = 'narrative-{}') => sessionNames(containerName, user)[0];

describe('sessionNames', () => {
  // Worked out with narrative-traefiker's rule: the user, cleaned, cut to 62 - 12 - 6 characters, and sha1(user)[:6].
  it.each([
    ['ada', 'narrative-ada-e4ea29'],
    ['ada.lovelace_x', 'narrative-ada-lovelace-x-1f719f'],
    ['ada_', 'narrative-ada-0-46005f'],
    ['Ada__', 'narrative-Ada-0-a04db5'],
  ])('names %s as narrative-traefiker does', (user, expected) => {
    expect(first(user)).toBe(expected);
  });

  it('cuts a long name where narrative-traefiker does', () => {
    expect(first('a'.repeat(100))).toMatch(new RegExp(`^narrative-a{${62 - 12 - 6}}-[0-9a-f]{6}$`));
  });

  it.each(['_leading', '@', '', '---', 'a-'.repeat(60), 'ümläut', 'a b', '日本', `${'x'.repeat(43)}_y`])(
    'makes a valid name of %j',
    (user) => {
      for (const name of sessionNames('narrative-{}', user)) expect(nameSchema.safeParse(name).success).toBe(true);
    },
  );

  it('makes valid names of anything, and no two people share one', () => {
    const person = fc.oneof(fc.string({ unit: 'binary', maxLength: 80 }), fc.stringMatching(/^[a-z._-]{0,70}$/));
    fc.assert(
      fc.property(person, person, (one, other) => {
        const names = sessionNames('narrative-{}', one);
        for (const name of names) expect(nameSchema.safeParse(name).error).toBeUndefined();
        expect(new Set(names).size).toBe(4);
        if (one !== other) expect(names.slice(1).some((name) => sessionNames('narrative-{}', other).includes(name))).toBe(false);
      }),
      { numRuns: 500 },
    );
  });

  it('leaves out hashes that a long containerName has no room for', () => {
    const names = sessionNames(`${'n'.repeat(40)}-{}`, 'somebody');
    expect(names).toHaveLength(2);
    for (const name of names) expect(nameSchema.safeParse(name).success).toBe(true);
  });
});

describe('checkContainerName', () => {
  it.each(['narrative-{}', '{}', 'nb{}', 'my-{}-x'])('takes %s', (containerName) => {
    expect(() => checkContainerName(containerName)).not.toThrow();
  });

  it.each(['narrative', 'a-{}-{}', '-{}', 'a--{}', '{}-', 'a b-{}', `${'n'.repeat(60)}{}`])('refuses %s', (containerName) => {
    expect(() => checkContainerName(containerName)).toThrow(containerName);
  });
});
