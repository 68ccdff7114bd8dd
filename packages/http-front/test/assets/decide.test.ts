import { describe, expect, it } from '@jest/globals';

const { decide } = (await import(new URL('../../assets/decide.js', import.meta.url).pathname)) as {
  decide: (view: { phase: string; letGo: boolean }, ageMs: number) => string;
};

describe('what a waiting page does', () => {
  it.each([
    ['goes to a notebook that is ready', { phase: 'Ready', letGo: false }, 60_000, 'go'],
    ['waits for one that starts', { phase: 'Starting', letGo: false }, 0, 'wait'],
    ['asks again where its navigation crossed with the stop', { phase: 'Stopping', letGo: true }, 9_999, 'ask'],
    ['asks again where it crossed with the mark', { phase: 'Ready', letGo: true }, 0, 'ask'],
    ['waits for a click where it has been open for longer', { phase: 'Stopped', letGo: true }, 10_000, 'wait'],
    ['waits for a click though a marked one is still ready', { phase: 'Ready', letGo: true }, 10_000, 'wait'],
  ])('%s', (_what, view, age, next) => {
    expect(decide(view, age)).toBe(next);
  });
});
