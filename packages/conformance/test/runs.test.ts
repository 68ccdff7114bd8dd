import { describe, expect, it } from '@jest/globals';
import { byRun, placeOf } from '../src/runs.js';

const named = (...names: string[]) => names.map((name) => ({ name }));

describe('the order of the recordings', () => {
  it('is that of their making, not of their names', () => {
    const [first] = byRun(named('03-01-x', '07-30-late', '07-01-delete', '02-20-stack', '04-30-upgrade', '04-01-act')).values();
    expect(first?.map(({ name }) => name)).toEqual(['02-20-stack', '07-01-delete', '03-01-x', '04-01-act', '04-30-upgrade']);
  });

  it('keeps what stands in before and after what it belongs to', () => {
    const [first] = byRun(named('04-20~', '04-20b-get', '04-20-set', '04-20!1', '04-19-x')).values();
    expect(first?.map(({ name }) => name)).toEqual(['04-19-x', '04-20!1', '04-20-set', '04-20b-get', '04-20~']);
  });

  it('has no place for other names', () => {
    expect(placeOf('readme')).toBeUndefined();
    expect(placeOf('99-01-x')).toBeUndefined();
    expect(placeOf('10-01-x')?.run.hosts).toBe(0);
  });
});
