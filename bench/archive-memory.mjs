// Archives of a gigabyte of what a container has made, one after the other, each read as fast as it comes: how much memory each process takes for it.
import { readFileSync, writeFileSync } from 'node:fs';
import { get } from 'node:http';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { ask } from './http.mjs';

const FILES = 4;
const FILE_MB = 256;
const ARCHIVES = 3;
const LOOK_MS = 50;

/**
 * Answers [{seconds, bytes, before, most}], one for each archive; `pids` are the processes whose memory is looked at, by name: MB before the first, and at
 * the most meanwhile.
 */
export async function readArchives({ base, data }, { image, pids, say }) {
  const front = `http://127.0.0.1:${base + 3}`;
  const password = readFileSync(join(data, 'admin-password'), 'utf8').trim();
  const { token } = JSON.parse((await post(front, '/v1/auth/login', { username: 'admin', password })).text);
  const headers = { authorization: `Bearer ${token}` };
  say(`a container makes ${FILES} files of ${FILE_MB} MB …`);
  const script = `#!/bin/sh\nfor i in $(seq ${FILES}); do truncate -s ${FILE_MB}M /$CONTAINER_ROOT/file$i; done\n`;
  const [image_name, image_tag = 'latest'] = image.split(':');
  const made = await post(front, '/v1/container/', { image_name, image_tag, script: Buffer.from(script).toString('base64') }, headers);
  const { id } = JSON.parse(made.text);
  const phase = async () => JSON.parse((await ask(front, `/v1/container/${id}/`, { headers })).text).phase;
  while ((await phase()) !== 'Stopped') await sleep(LOOK_MS);
  // Once, small, so that what is only loaded at the first time is loaded.
  await ask(front, `/v1/container/${id}/changes`, { headers });
  const archives = [];
  while (archives.length < ARCHIVES) {
    say(`its archive is read, ${archives.length + 1} of ${ARCHIVES} …`);
    const before = archives[0]?.before ?? memoryOf(pids);
    for (const pid of Object.values(pids)) writeFileSync(`/proc/${pid}/clear_refs`, '5');
    const startedAt = performance.now();
    const bytes = await sizeOf(`${front}/v1/container/${id}/archive`, headers);
    const seconds = (performance.now() - startedAt) / 1000;
    if (bytes < FILES * FILE_MB * 2 ** 20) throw new Error(`the archive has only ${bytes} bytes`);
    archives.push({ bytes, seconds, before, most: memoryOf(pids, 'VmHWM') });
  }
  return archives;
}

/** MB by process. VmHWM is the most since it was reset. */
const memoryOf = (pids, what = 'VmRSS') =>
  Object.fromEntries(
    Object.entries(pids).map(([name, pid]) => [
      name,
      Number(new RegExp(`^${what}:\\s+(\\d+) kB$`, 'm').exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) / 1024,
    ]),
  );

const post = (origin, path, body, headers = {}) =>
  ask(origin, path, { method: 'POST', headers: { ...headers, 'content-type': 'application/json' }, body: JSON.stringify(body) });

function sizeOf(url, headers) {
  return new Promise((resolve, reject) => {
    get(url, { headers }, (answer) => {
      let bytes = 0;
      answer.on('data', (chunk) => {
        bytes += chunk.length;
      });
      answer.once('end', () => resolve(bytes));
      answer.once('error', reject);
    }).once('error', reject);
  });
}
