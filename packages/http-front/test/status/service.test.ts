import { describe, expect, it } from '@jest/globals';
import { asctime } from '../../src/status/service.js';

describe('asctime', () => {
  it.each([
    ['2026-11-06T08:06:02.999Z', 'Fri Nov  6 08:06:02 2026'],
    ['2030-12-31T23:59:59Z', 'Tue Dec 31 23:59:59 2030'],
  ])('writes %s as C does', (time, text) => {
    expect(asctime(Date.parse(time))).toBe(text);
  });
});
