// How much memory it takes to stream what a container has made: an archive of a gigabyte, read as fast as it comes.
import { readFileSync } from 'node:fs';
import { get } from 'node:http';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { figure } from './figures.mjs';
import { ask } from './http.mjs';
import { startMooring } from './mooring.mjs';

const FILES = 4;
const FILE_MB = 256;
const LOOK_MS = 50;

export async function containers(say) {
  const mooring = await startMooring({});
  try {
    return await measure(mooring, say);
  } finally {
    await mooring.stop();
  }
}

async function measure({ base, data }, say) {
  const front = `http://127.0.0.1:${base + 3}`;
  const memory = async () => {
    const { text } = await ask(`http://127.0.0.1:${base + 4}`, '/metrics');
    return Number(/^process_resident_memory_bytes (\S+)$/m.exec(text)?.[1]) / 2 ** 20;
  };
  const password = readFileSync(join(data, 'admin-password'), 'utf8').trim();
  const { token } = JSON.parse((await post(front, '/v1/auth/login', { username: 'admin', password })).text);
  const headers = { authorization: `Bearer ${token}` };
  say(`a container makes ${FILES} files of ${FILE_MB} MB …`);
  const script = `#!/bin/sh\nfor i in $(seq ${FILES}); do truncate -s ${FILE_MB}M file$i; done\n`;
  const made = await post(front, '/v1/container/', { image_name: 'mooring/demo', script: Buffer.from(script).toString('base64') }, headers);
  const { id } = JSON.parse(made.text);
  const phase = async () => JSON.parse((await ask(front, `/v1/container/${id}/`, { headers })).text).phase;
  while ((await phase()) !== 'Stopped') await sleep(LOOK_MS);
  // Once, small, so that what is only loaded at the first time is loaded.
  await ask(front, `/v1/container/${id}/changes`, { headers });
  say('its archive is read …');
  const before = await memory();
  let most = before;
  const timer = setInterval(async () => {
    most = Math.max(most, await memory());
  }, LOOK_MS);
  const startedAt = performance.now();
  const bytes = await sizeOf(`${front}/v1/container/${id}/archive`, headers);
  const seconds = (performance.now() - startedAt) / 1000;
  clearInterval(timer);
  if (bytes < FILES * FILE_MB * 2 ** 20) throw new Error(`the archive has only ${bytes} bytes`);
  return {
    text: `An archive of ${(bytes / 2 ** 30).toFixed(2)} GB comes in ${seconds.toFixed(1)} s, and takes ${Math.round(most - before)} MB more than the ${Math.round(before)} MB before.`,
    figures: [figure('containers.archive_mb', most - before, 'MB', 60), figure('containers.archive_s', seconds, 's')],
  };
}

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
