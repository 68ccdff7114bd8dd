import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';
import { afterEach, beforeEach, expect, it } from '@jest/globals';
import type { RolloutPlace } from '@mooring/controller';
import { type ObjectCache, openCache, openStore, type Store } from '@mooring/resources';
import pino from 'pino';
import { quietLogger } from '../../../../leaks/quiet-logger.js';
import { readConfig } from '../../src/config/config.js';
import type { Core } from '../../src/core.js';
import { Shutdown } from '../../src/process/shutdown.js';
import { openRollouts } from '../../src/rollouts.js';

let store: Store;
let rollouts: ObjectCache<'Rollout'>;
let shutdown: Shutdown;
beforeEach(async () => {
  store = await openStore({ path: ':memory:' });
  rollouts = openCache(store, 'Rollout');
  await rollouts.ready();
  shutdown = new Shutdown(quietLogger());
});
afterEach(async () => {
  await shutdown.close();
  await rollouts.close();
  await store.close();
});

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

async function open(environment: Record<string, string>) {
  const logged: { level: number; msg: string }[] = [];
  const places: RolloutPlace[] = [];
  const logger = pino({ level: 'debug' }, { write: (line: string) => logged.push(JSON.parse(line)) });
  const { settings } = readConfig(environment, 'machine-1');
  const controller = { rollOut: (place: RolloutPlace) => void places.push(place) };
  const rancher = {} as RolloutPlace['rancher'];
  await openRollouts({ store, rollouts } as Core, { settings, controller, rancher, host: '127.0.0.1', logger }, shutdown);
  return { warnings: logged.filter(({ level }) => level === 40).map(({ msg }) => msg), places };
}

it('listens where AUTOUPDATE_HTTP_PORT says, and records what is published there', async () => {
  const port = await freePort();
  const { places } = await open({ AUTOUPDATE_HTTP_PORT: String(port), AUTOUPDATE_ENVIRONMENT_NAMES: 'dev' });
  expect(places).toHaveLength(1);
  const origin = `http://127.0.0.1:${port}`;
  expect(await (await fetch(`${origin}/ping`)).text()).toBe('Pong!');
  const answer = await fetch(`${origin}/upgrade`, { method: 'POST', body: JSON.stringify({ docker_image: 'docker:acme/web:2.0' }) });
  expect(answer.status).toBe(200);
  expect((await store.list('Rollout')).items.map(({ spec }) => [spec.image, spec.selector.environments])).toEqual([
    ['acme/web:2.0', ['dev']],
  ]);
});

it.each([
  [{}, 1],
  [{ MOORING_ROLLOUT_TOKEN: 'a-token-for-those-who-publish' }, 0],
  [{ MOORING_ROLLOUT_SECRET: 'a-secret-to-sign-bodies-with' }, 0],
])('with %j it warns %d times that anybody may publish', async (environment, count) => {
  expect((await open(environment as Record<string, string>)).warnings).toHaveLength(count);
});
