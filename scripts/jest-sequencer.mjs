import TestSequencer from '@jest/test-sequencer';

// A CommonJS module's own default is a property of what import takes for it.
const Sequencer = TestSequencer.default ?? TestSequencer;

/** What takes longest, by the ends of their paths: begun last, each would be waited for alone. */
const FIRST = ['packages/simulation/test/simulation.test.ts', 'e2e/idle-disturbed.test.ts', 'e2e/dashboard.test.ts'];

const rank = ({ path }) => {
  const place = FIRST.findIndex((end) => path.endsWith(end));
  return place === -1 ? FIRST.length : place;
};

/** The long ones first, then as jest has it. */
export default class LongestFirst extends Sequencer {
  sort(tests) {
    return super.sort(tests).sort((a, b) => rank(a) - rank(b));
  }
}
