import { describe, expect, it } from '@jest/globals';
import { createLogger } from '../src/logging.js';
import { prettyLine } from '../src/pretty.js';

const told = (fields: object, message: string): string => {
  const lines: string[] = [];
  createLogger('debug', { write: (line: string) => void lines.push(prettyLine(line)) }).warn(fields, message);
  return lines.join('');
};

describe('the log on a terminal', () => {
  it('has a line each, with time, level, part, words and fields', () => {
    expect(told({ component: 'front', reqId: 'a-1' }, 'answered')).toMatch(
      /^\d\d:\d\d:\d\d\.\d{3} WARN {2}front answered \{"reqId":"a-1"\}\n$/,
    );
    expect(told({}, 'stopping')).toMatch(/^\S+ WARN {2}stopping\n$/);
  });

  it('gives the terminal no orders', () => {
    expect(told({ component: 'front' }, 'no \u001b[2J\nsuch \u009bA page')).toMatch(/ front no {2}\[2J such {2}A page\n$/);
  });
});
