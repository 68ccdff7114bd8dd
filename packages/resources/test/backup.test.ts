import { readdir, readFile, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { backupStore, readSnapshot, UnusableError } from '../src/index.js';
import { sessionDraft } from './support/drafts.js';
import { openTestStore, temporaryPath } from './support/stores.js';

describe('backupStore', () => {
  it('copies what was committed while others go on writing, and the copy can be worked with', async () => {
    const path = await temporaryPath();
    const store = await openTestStore({ path });
    const ada = await store.create('Session', sessionDraft('ada'), { secret: 's'.repeat(64) });
    const target = join(dirname(path), 'copy.db');
    const writing = Promise.all(Array.from({ length: 50 }, (_, n) => store.create('Session', sessionDraft(`later-${n}`))));
    const { resourceVersion, sessions } = await backupStore(path, target);
    await writing;
    expect(Number(resourceVersion)).toBe(sessions);
    expect(sessions).toBeGreaterThanOrEqual(1);
    expect((await stat(target)).mode & 0o777).toBe(0o600);
    expect((await readdir(dirname(target))).filter((name) => name.startsWith('copy.db'))).toEqual(['copy.db']);
    expect((await readSnapshot(target)).objects.Session).toHaveLength(sessions);
    const restored = await openTestStore({ path: target });
    expect(await restored.secret(ada.metadata.uid)).toBe('s'.repeat(64));
    expect((await restored.create('Session', sessionDraft('eve'))).metadata.resourceVersion).toBe(String(sessions + 1));
  });

  it('writes over nothing, and needs a store', async () => {
    const path = await temporaryPath();
    await expect(backupStore(path, `${path}.copy`)).rejects.toBeInstanceOf(UnusableError);
    await (await openTestStore({ path })).close();
    const before = await readFile(path);
    await expect(backupStore(path, path)).rejects.toThrow('EEXIST');
    expect(await readFile(path)).toEqual(before);
  });
});
