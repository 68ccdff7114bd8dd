/** A process of its own: writes Sessions to the file that it is given, as fast as it can, and says each one that was acknowledged. */
import { writeSync } from 'node:fs';
import { openStore } from '../../src/index.js';
import { sessionDraft } from './drafts.js';

const [path = ''] = process.argv.slice(2);
const store = await openStore({ path });
const { resourceVersion } = await store.list('Session');
for (let index = Number(resourceVersion) + 1; ; index += 1) {
  const { metadata } = await store.create('Session', sessionDraft(`s${index}`), { secret: `secret-of-${index}` });
  writeSync(1, `${metadata.name} ${metadata.uid} ${metadata.resourceVersion}\n`);
}
