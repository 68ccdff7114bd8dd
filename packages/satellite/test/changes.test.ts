import { describe, expect, it } from '@jest/globals';
import { changesFrom, changesSincePut } from '../src/engine/changes.js';
import { fileInfo } from '../src/engine/file-info.js';

const CHANGED = 0;
const ADDED = 1;
const DELETED = 2;
const rows = (...list: [string, number][]) => list.map(([Path, Kind]) => ({ Path, Kind }));

describe('what has changed', () => {
  it('is what somebody did, by path, without folders that differ by what is in them', () => {
    const told = rows(['/tmp', CHANGED], ['/tmp/b', ADDED], ['/tmp/a', DELETED], ['/out', ADDED], ['/out/x', ADDED], ['/file', CHANGED]);
    expect(changesFrom(told)).toEqual([
      { path: '/file', kind: 'changed' },
      { path: '/out', kind: 'added' },
      { path: '/out/x', kind: 'added' },
      { path: '/tmp/a', kind: 'deleted' },
      { path: '/tmp/b', kind: 'added' },
    ]);
  });

  it("is nothing of Docker's own files, nor the folders that it made for them, nor of Mooring's", () => {
    const own = rows(
      ['/.dockerenv', ADDED],
      ['/etc', ADDED],
      ['/etc/hosts', ADDED],
      ['/dev', ADDED],
      ['/dev/console', ADDED],
      ['/proc', ADDED],
    );
    expect(changesFrom([...own, ...rows(['/.mooring', ADDED], ['/.mooring/script', ADDED])])).toEqual([]);
    expect(changesFrom([...own, ...rows(['/etc/mine', ADDED])])).toEqual([
      { path: '/etc', kind: 'added' },
      { path: '/etc/mine', kind: 'added' },
    ]);
  });

  it('is not what was put in, nor the folders for it, until that is changed or deleted', () => {
    const put = { size: 3, mtime: 5 };
    const baseline = { '/work/in': put, '/work/longer': put, '/work/newer': put, '/work/gone': put, '/.mooring/script': put };
    const changes = changesFrom(
      rows(
        ['/work', ADDED],
        ['/work/in', ADDED],
        ['/work/longer', ADDED],
        ['/work/newer', ADDED],
        ['/work/out', ADDED],
        ['/bin/x', DELETED],
      ),
    );
    const now = new Map([
      ['/work/in', { ...put, isFolder: false }],
      ['/work/longer', { ...put, size: 4, isFolder: false }],
      ['/work/newer', { ...put, mtime: 6, isFolder: false }],
      ['/work/gone', undefined],
    ]);
    expect(changesSincePut(changes, baseline, now)).toEqual([
      { path: '/bin/x', kind: 'deleted' },
      { path: '/work/gone', kind: 'deleted' },
      { path: '/work/longer', kind: 'changed' },
      { path: '/work/newer', kind: 'changed' },
      { path: '/work/out', kind: 'added' },
    ]);
  });

  it('is not a folder that was put in, whatever is in it', () => {
    const baseline = { '/work': { size: 0, mtime: 5 } };
    const told = changesFrom(rows(['/work', ADDED], ['/work/out', ADDED]));
    expect(changesSincePut(told, baseline, new Map([['/work', { size: 0, mtime: 9, isFolder: true }]]))).toEqual([
      { path: '/work/out', kind: 'added' },
    ]);
  });
});

describe("Docker's word on a file", () => {
  const header = (stat: unknown) => Buffer.from(JSON.stringify(stat)).toString('base64');
  const mtime = '2026-01-02T03:04:05Z';

  it.each([
    [0o644, { type: 'file', size: 7, mode: 0o644 }],
    [2 ** 31 + 0o755, { type: 'folder', size: 0, mode: 0o755 }],
    [2 ** 27 + 0o777, { type: 'link', size: 0, mode: 0o777, target: '/etc' }],
    [2 ** 26 + 2 ** 21 + 0o600, { type: 'other', size: 0, mode: 0o600 }],
  ])('with the mode %d is read', (mode, info) => {
    expect(fileInfo('/a', header({ size: 7, mode, mtime, linkTarget: mode > 2 ** 26 ? '/etc' : '' }))).toEqual({
      path: '/a',
      mtime,
      ...info,
    });
  });

  it('that is none is an error', () => {
    expect(() => fileInfo('/a', undefined)).toThrow(expect.objectContaining({ code: 'Failed' }));
  });
});
