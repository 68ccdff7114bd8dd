import { describe, expect, it } from '@jest/globals';
import { environmentOf, findProcess, listProcesses, parseStat, residentBytes } from '../../src/runtime/process-table.js';

const rest = '1 2 3 0 -1 4194560 1 2 3 4 5 6 7 8 20 0 1 0 98765 1000 200';

describe('parseStat', () => {
  it.each(['node', 'a) b', '(', ') S 9 9 9'])('finds the fields behind the name %j', (name) => {
    expect(parseStat(`42 (${name}) S ${rest}`)).toEqual({ pid: 42, parent: 1, group: 2, startTime: '98765' });
  });

  it.each(['', `42 (node) Z ${rest}`, `42 (node) X ${rest}`])('takes %j for no process that runs', (stat) => {
    expect(parseStat(stat)).toBeUndefined();
  });
});

describe('the process table', () => {
  it('tells of this process', () => {
    const self = findProcess(process.pid);
    expect(self).toMatchObject({ pid: process.pid, parent: process.ppid });
    expect(listProcesses()).toContainEqual(self);
    expect(residentBytes(process.pid)).toBeGreaterThan(10 * 1024 * 1024);
    expect(environmentOf(process.pid).get('HOME')).toBe(process.env.HOME);
  });

  it('knows nothing of a process that is gone', () => {
    const gone = 2 ** 22 + 1;
    expect([findProcess(gone), environmentOf(gone).get('PATH'), residentBytes(gone)]).toEqual([undefined, undefined, 0]);
  });
});
