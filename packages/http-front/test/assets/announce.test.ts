import { describe, expect, it } from '@jest/globals';

interface Said {
  text: string;
  at: number;
  isCounting: boolean;
}
const { sentenceOf, planAnnouncement } = (await import(new URL('../../assets/announce.js', import.meta.url).pathname)) as {
  sentenceOf: (view: object) => string;
  planAnnouncement: (said: Said, next: { text: string; isCounting: boolean }, now: number) => number | undefined;
};

const progress = (...states: string[]) => ({
  headline: 'It is starting',
  lead: 'Soon.',
  steps: states.map((state, index) => ({ label: `Step ${index}`, state })),
});

describe('what a screen reader is told', () => {
  it.each([
    ['the last step that was done', { progress: progress('done', 'done', 'current') }, 'It is starting. Step 1, 2 of 3 steps done.'],
    ['what comes next where nothing is under way', { progress: progress('done', 'waiting') }, 'It is starting. Soon.'],
    ['what comes next where there are no steps', { progress: progress() }, 'It is starting. Soon.'],
    [
      'the place in the queue',
      { queue: { place: 3, of: 12 }, progress: progress('done', 'current') },
      'It is starting. Place 3 of 12 in the queue.',
    ],
  ])('is %s', (_what, view, sentence) => {
    expect(sentenceOf(view)).toBe(sentence);
  });

  it('is told once, with a pause before the next, which is longer between two that only count', () => {
    const said = { text: 'a', at: 10_000, isCounting: false };
    const counted = { ...said, isCounting: true };
    expect(planAnnouncement(said, { text: 'a', isCounting: false }, 99_000)).toBeUndefined();
    expect(planAnnouncement(said, { text: 'b', isCounting: false }, 11_000)).toBe(3_000);
    expect(planAnnouncement(said, { text: 'b', isCounting: true }, 11_000)).toBe(3_000);
    expect(planAnnouncement(counted, { text: 'b', isCounting: false }, 11_000)).toBe(3_000);
    expect(planAnnouncement(counted, { text: 'b', isCounting: true }, 11_000)).toBe(19_000);
    expect(planAnnouncement(said, { text: 'b', isCounting: false }, 99_000)).toBe(0);
  });
});
