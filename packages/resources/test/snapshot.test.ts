import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import Libsql from 'libsql';
import { openStore, readSnapshot, UnusableError } from '../src/index.js';

describe('a snapshot of a store', () => {
  let folder: string;
  let path: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'mooring snapshot #1 '));
    path = join(folder, 'mooring.db');
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  const spec = { owner: { name: 'ada' }, launch: { image: 'mooring/demo' }, route: { type: 'cookie' as const } };

  it('is what was committed, while the store is open and in the middle of a write', async () => {
    const store = await openStore({ path });
    const ada = await store.create('Session', { metadata: { name: 'ada' }, spec }, { secret: 'a'.repeat(64) });
    const writer = new Libsql(path);
    writer.exec('begin immediate');
    writer.exec("delete from objects where name = 'ada'");
    const snapshot = await readSnapshot(path);
    expect(snapshot).toEqual({
      resourceVersion: ada.metadata.resourceVersion,
      objects: { Session: [ada], SessionTemplate: [], WarmPool: [], Rollout: [], Event: [] },
      deleted: new Set(),
      activity: { observedAt: 0, memories: new Map() },
    });
    expect(JSON.stringify(snapshot)).not.toContain('a'.repeat(64));
    writer.exec('rollback');
    writer.close();
    await store.close();
  });

  it('is read from a store that nobody has open, and changes nothing in it', async () => {
    const store = await openStore({ path });
    const ada = await store.create('Session', { metadata: { name: 'ada' }, spec });
    const bob = await store.create('Session', { metadata: { name: 'bob' }, spec });
    await store.delete('Session', 'bob');
    await store.close();
    const before = await readFile(path);
    const { objects, deleted } = await readSnapshot(path);
    expect([objects.Session, [...deleted]]).toEqual([[ada], [bob.metadata.uid]]);
    expect(await readFile(path)).toEqual(before);
  });

  it('is not to be had where there is no store, or none of this version', async () => {
    await expect(readSnapshot(path)).rejects.toThrow(UnusableError);
    await expect(readSnapshot(path)).rejects.toThrow(`There is no store ${path} that can be read`);
    await expect(readFile(path)).rejects.toThrow('ENOENT');
    await writeFile(path, '');
    await expect(readSnapshot(path)).rejects.toThrow('start this version on it once');
    await writeFile(path, 'a letter to a friend, and long enough to be one');
    await expect(readSnapshot(path)).rejects.toThrow('the file is not a database');
    await rm(path);
    await (await openStore({ path })).close();
    const newer = new Libsql(path);
    newer.exec("insert into kysely_migration values ('9999-later', '')");
    newer.close();
    await expect(readSnapshot(path)).rejects.toThrow('a newer version wrote it (its schema has 9999-later');
  });
});
