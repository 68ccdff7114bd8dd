import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { quietLogger } from '../../../../leaks/quiet-logger.js';
import { Access } from '../../src/access/access.js';
import { Views } from '../../src/api/render/views.js';
import { buildApiServer } from '../../src/api/server.js';
import { Lifecycles } from '../../src/lifecycle/lifecycles.js';
import { placeHosts } from '../../src/model/hosts.js';
import { ServiceLogs } from '../../src/model/service-logs.js';
import { type Pace, paceNamed, type Step } from '../../src/pace.js';
import { Store } from '../../src/store/store.js';
import { StreamAccess } from '../../src/streams/stream-access.js';
import { FakeRuntime } from '../support/fake-runtime.js';
import { Harness, serviceBody, waitFor } from '../support/harness.js';

describe('the recorded pace', () => {
  let rancher: Harness;
  beforeEach(async () => {
    rancher = await Harness.start({ pace: 'recorded' });
  });
  afterEach(async () => rancher.end());

  const statesUntil = async (path: string, last: string): Promise<string[]> => {
    const seen: string[] = [];
    await waitFor(async () => {
      const state = String((await rancher.get(path)).body.state);
      if (seen.at(-1) !== state) seen.push(state);
      return state === last ? true : undefined;
    });
    return seen;
  };

  it('takes the time of a creation that was recorded (02-02)', async () => {
    const begin = performance.now();
    const id = await rancher.service('slow');
    const states = await statesUntil(`services/${id}`, 'active');
    expect(states.slice(-2)).toEqual(['activating', 'active']);
    expect(performance.now() - begin).toBeGreaterThan(550);
  });

  it('shows a stop going on', async () => {
    const id = await rancher.service('slow');
    await rancher.untilState(`services/${id}`, 'active');
    expect((await rancher.call('DELETE', `services/${id}`)).body.state).toBe('removing');
    expect(await statesUntil(`services/${id}`, 'removed')).toContain('removed');
  });
});

describe('a service that is still registering', () => {
  const gates = new Map<Step, () => void>();
  let dataDir: string;
  let store: Store;
  let call: (method: 'POST' | 'PUT' | 'DELETE', path: string, body?: unknown) => Promise<{ status: number; state: unknown }>;
  let lifecycles: Lifecycles;

  const begin = async (): Promise<void> => {
    const wait: Pace['wait'] = (step) => (step === 'register' ? new Promise((resolve) => gates.set(step, resolve)) : Promise.resolve());
    const logger = quietLogger();
    store = await Store.open(dataDir, logger);
    const pace = { ...paceNamed('fast'), wait };
    const views = new Views({ store, serviceLogs: new ServiceLogs(store), streams: new StreamAccess(true), pace });
    const app = buildApiServer({ store, views, access: new Access(store), pace, logger });
    placeHosts(store, 1);
    lifecycles = new Lifecycles({ store, runtime: new FakeRuntime(), pace, logger });
    lifecycles.start(new Map());
    call = async (method, path, body) => {
      const url = `/v2-beta/projects/1a5/${path}`;
      const answer = await app.inject({
        method,
        url,
        headers: { host: '127.0.0.1' },
        ...(body !== undefined && { payload: JSON.stringify(body) }),
      });
      return { status: answer.statusCode, state: answer.json<{ state: unknown }>().state };
    };
    await call('POST', 'stacks', { name: 'stack' });
    expect(await call('POST', 'services', serviceBody('one', '1st1'))).toEqual({ status: 201, state: 'registering' });
  };

  const stateOf = (): string | undefined => store.services.get(1)?.state;

  beforeEach(async () => {
    dataDir = await mkdtemp(join(tmpdir(), 'pace-'));
  });
  afterEach(async () => {
    lifecycles.close();
    await store.close();
    await rm(dataDir, { recursive: true, force: true });
  });

  it('refuses a PUT (07-15c)', async () => {
    await begin();
    expect(await call('PUT', 'services/1s1', { name: 'other' })).toMatchObject({ status: 409 });
  });

  it('keeps to a DELETE otherwise', async () => {
    await begin();
    await call('DELETE', 'services/1s1');
    gates.get('register')?.();
    await waitFor(() => (stateOf() === 'removed' ? true : undefined));
  });
});
