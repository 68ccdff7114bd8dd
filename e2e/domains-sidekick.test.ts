import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect } from '@jest/globals';
import { WebSocket } from 'ws';
import { ROOT, type RunningCommand, runCommand } from './support/command.js';
import { Container } from './support/containers.js';
import { askHost, DomainsPlace } from './support/domains.js';
import { haproxyPath } from './support/haproxy.js';
import { missing, withPart } from './support/real-parts.js';
import { until } from './support/until.js';

const program = haproxyPath();
const it = withPart('HAProxy', program !== undefined);
const PORT = 18_936;
const INTERNAL = 18_937;
const CHANGES = 8;

/** deploy/domains/docker-compose.sidekick.yml: one container writes the files, the one beside it runs HAProxy and takes them. */
describe('mooring domains as a sidekick, and the HAProxy beside it', () => {
  let place: DomainsPlace;
  let proxy: RunningCommand;
  const live: Container[] = [];

  const add = async (stack: string): Promise<void> => {
    live.push(await Container.open(stack, live.length + 1));
    place.metadata.tell({ containers: live.map((container) => container.entry()) });
  };
  const answers = async (stack: string): Promise<boolean> =>
    (await askHost(PORT, `${stack}.dev.test`).catch(() => undefined))?.status === 200;
  const readyz = async (): Promise<number> => (await askHost(INTERNAL, '127.0.0.1', undefined, '/readyz')).status;

  beforeAll(async () => {
    if (program === undefined) return missing('HAProxy');
    place = await DomainsPlace.open({});
    await add('steady');
    await place.start().waitFor(async () => live.length > 0, 'the sidekick to run');
    proxy = runCommand(process.execPath, [join(ROOT, 'packages/mooring/dist/main.js'), 'domains', '--out', place.folder, '--haproxy'], {
      PATH: process.env.PATH,
      DISABLE_METADATA: 'true',
      HAPROXY_BIN: program,
      MOORING_DOMAINS_LISTEN: `127.0.0.1:${PORT}`,
      MOORING_INTERNAL_LISTEN: `127.0.0.1:${INTERNAL}`,
      // No metadata: who would ask them finds nobody.
      RANCHER_API_HOST: '127.0.0.1:1',
    });
    await proxy.waitFor(() => answers('steady'), 'steady.dev.test');
  }, 30_000);
  afterAll(async () => {
    await proxy?.end('SIGTERM');
    await place?.close();
    await Promise.all(live.map((container) => container.close()));
  }, 20_000);

  it('takes what the sidekick writes, fails no request and cuts no websocket', async () => {
    const socket = new WebSocket(`ws://127.0.0.1:${PORT}/`, { headers: { host: 'steady.dev.test' } });
    await once(socket, 'open');
    let closes = 0;
    socket.on('close', () => {
      closes += 1;
    });
    const asked = { all: 0, failed: 0 };
    let isOver = false;
    const asking = (async () => {
      while (!isOver) {
        asked.all += 1;
        if (!(await answers('steady'))) asked.failed += 1;
      }
    })();
    for (let turn = 0; turn < CHANGES; turn++) {
      await add(`new-${turn}`);
      await until(() => answers(`new-${turn}`), { what: () => `new-${turn} to answer` });
    }
    isOver = true;
    await asking;
    const echoed = once(socket, 'message');
    socket.send('still there');
    expect(String((await echoed)[0])).toBe('still there');
    expect([closes, asked.failed]).toEqual([0, 0]);
    expect(asked.all).toBeGreaterThan(CHANGES);
    socket.removeAllListeners('close').terminate();
  }, 40_000);

  it('goes on with what it has where HAProxy would not take the files, and says so', async () => {
    await place.command?.end('SIGTERM');
    await writeFile(join(place.folder, 'haproxy-backends.cfg'), 'backend broken\n  no such word\n');
    await until(async () => (await readyz()) === 503);
    expect(await answers('steady')).toBe(true);
    expect(proxy.stdout()).toContain('HAProxy does not take its files');
  }, 20_000);
});
