import { chmod, readFile, stat, writeFile } from 'node:fs/promises';
import { describe, expect, it } from '@jest/globals';
import Libsql from 'libsql';
import { openStore, UnusableError } from '../src/index.js';
import { sessionDraft, withPort } from './support/drafts.js';
import { openTestStore, temporaryPath } from './support/stores.js';

async function modeOf(path: string): Promise<string> {
  return ((await stat(path)).mode & 0o777).toString(8);
}

function execute(path: string, ...statements: string[]): void {
  const database = new Libsql(path);
  for (const statement of statements) database.exec(statement);
  // A connection that was closed ends with its last statement, when that is collected; only then it would have copied the log into the file.
  database.pragma('wal_checkpoint(truncate)');
  database.close();
}

describe('openStore', () => {
  it('keeps what was written', async () => {
    const path = await temporaryPath();
    const first = await openTestStore({ path });
    const session = await first.create('Session', sessionDraft('ada'), { secret: 's'.repeat(64) });
    await first.close();
    const second = await openTestStore({ path });
    expect(await second.list('Session')).toEqual({ items: [session], resourceVersion: '1' });
    expect(await second.secret(session.metadata.uid)).toBe('s'.repeat(64));
    expect((await second.update('Session', withPort(session, 9999))).metadata.resourceVersion).toBe('2');
  });

  it.each([undefined, 0o644])('makes the files readable by their owner only (file there before with mode %p)', async (mode) => {
    const path = await temporaryPath();
    if (mode !== undefined) {
      await writeFile(path, '');
      await chmod(path, mode);
    }
    const store = await openTestStore({ path });
    await store.create('Session', sessionDraft('ada'));
    for (const suffix of ['', '-wal', '-shm']) expect([suffix, await modeOf(path + suffix)]).toEqual([suffix, '600']);
  });

  it('writes nothing at rest: an idle store and its watchers leave the files as they are', async () => {
    const path = await temporaryPath();
    const store = await openTestStore({ path, pollMs: 5 });
    await store.create('Session', sessionDraft('ada'));
    const stop = new AbortController();
    const watching = (async () => {
      for await (const _ of store.watch('Session', { resourceVersion: '1', signal: stop.signal }));
    })();
    const before = await readFile(`${path}-wal`);
    const polls = 20;
    for (let poll = 0; poll < polls; poll += 1) {
      await store.ping();
      await store.list('Session');
      await store.compact(10);
    }
    stop.abort();
    await watching;
    expect((await readFile(`${path}-wal`)).equals(before)).toBe(true);
  });

  it('refuses a file that a newer version wrote, and leaves it as it is', async () => {
    const path = await temporaryPath();
    await (await openTestStore({ path })).close();
    execute(path, `insert into kysely_migration (name, timestamp) values ('9999-later', '2040-01-01T00:00:00.000Z')`);
    const before = await readFile(path);
    const opening = openStore({ path });
    await expect(opening).rejects.toBeInstanceOf(UnusableError);
    await expect(opening).rejects.toThrow(/mooring\.db can't be used: a newer version wrote it .*9999-later/);
    expect((await readFile(path)).equals(before)).toBe(true);
  });

  it('refuses a file that is not a database', async () => {
    const path = await temporaryPath();
    await writeFile(path, 'hello, I am a text file and have no pages');
    await expect(openStore({ path })).rejects.toThrow(/mooring\.db can't be used: the file is not a database/);
    expect(await readFile(path, 'utf8')).toContain('hello');
  });

  it('fills in defaults where an earlier version left them out, and says which object is damaged', async () => {
    const path = await temporaryPath();
    const writer = await openTestStore({ path });
    await writer.create('Session', sessionDraft('ada'));
    await writer.close();
    execute(path, `update objects set json = json_remove(json, '$.spec.running', '$.spec.launch.volumes')`);
    const reader = await openTestStore({ path });
    const session = await reader.get('Session', 'ada');
    expect(session?.spec).toMatchObject({ running: true, launch: { volumes: [] } });
    await reader.close();
    execute(path, `update objects set json = json_remove(json, '$.spec.owner')`);
    const refused = (await openTestStore({ path })).list('Session');
    await expect(refused).rejects.toBeInstanceOf(UnusableError);
    await expect(refused).rejects.toThrow(/Session "ada" is not valid: spec\.owner is required/);
  });

  it('is opened by several at once', async () => {
    const path = await temporaryPath();
    const stores = await Promise.all(Array.from({ length: 5 }, () => openTestStore({ path })));
    await Promise.all(stores.map((store, index) => store.create('Session', sessionDraft(`s${index}`))));
    expect((await stores[0]?.list('Session'))?.items).toHaveLength(5);
  });

  it('leaves no secret in the file once its object is gone', async () => {
    const path = await temporaryPath();
    const secret = 'deadbeef'.repeat(8);
    const store = await openTestStore({ path });
    await store.create('Session', sessionDraft('ada'), { secret });
    await store.delete('Session', 'ada');
    await store.close();
    expect((await readFile(path)).includes(secret)).toBe(false);
  });
});
