import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { recordedPace } from '../../src/pace.js';
import { type Answer, Harness } from '../support/harness.js';

let rancher: Harness;
let id: string;
const path = (rest = ''): string => `services/${id}${rest}`;

const begin = async (extra: Record<string, unknown> = {}): Promise<void> => {
  id = await rancher.service('up', extra, { ports: [], environment: { A: '1' }, capDrop: ['CHOWN'] });
  await rancher.untilState(path(), 'active');
};

const upgrade = (strategy: Record<string, unknown> = {}): Promise<Answer> =>
  rancher.post(path('?action=upgrade'), {
    inServiceStrategy: { batchSize: 1, intervalMillis: 100, launchConfig: { imageUuid: 'docker:new:2' }, ...strategy },
  });

const act = (action: string): Promise<Answer> => rancher.post(path(`?action=${action}`));
const containers = async (): Promise<unknown[]> =>
  (await rancher.containersOf(id)).map(({ imageUuid, state, name }) => [String(imageUuid), state, name]);

beforeEach(async () => {
  // Slower than a request, and pauses are pauses.
  rancher = await Harness.start({ pace: recordedPace({ shorten: (ms) => Math.min(ms / 4, 100) }) });
});
afterEach(async () => rancher.end());

describe('an upgrade', () => {
  it.each([true, false])('replaces the containers and keeps the old ones (04-07, 04-34), startFirst %s', async (startFirst) => {
    await begin();
    expect(await upgrade({ startFirst })).toMatchObject({ status: 202, body: { state: 'upgrading' } });
    const service = await rancher.untilState(path(), 'upgraded');
    expect(await containers()).toEqual([
      ['docker:kbase/narrative:1.0', 'stopped', 'stack-up-1'],
      ['docker:new:2', 'running', 'stack-up-1'],
    ]);
    // The launchConfig is replaced, not merged (04-10).
    expect(service.launchConfig).toMatchObject({ imageUuid: 'docker:new:2', version: expect.stringMatching(/-/) });
    expect(service.launchConfig).not.toHaveProperty('environment');
    expect(service.launchConfig).not.toHaveProperty('capDrop');
  });

  it('is finished (04-09)', async () => {
    await begin();
    await upgrade();
    await rancher.untilState(path(), 'upgraded');
    expect((await act('finishupgrade')).body.state).toBe('finishing-upgrade');
    await rancher.untilState(path(), 'active');
    expect(await containers()).toEqual([['docker:new:2', 'running', 'stack-up-1']]);
  });

  it('is rolled back to what was before (04-11)', async () => {
    await begin();
    await upgrade({ startFirst: true });
    await rancher.untilState(path(), 'upgraded');
    expect((await act('rollback')).body.state).toBe('rolling-back');
    const service = await rancher.untilState(path(), 'active');
    expect(service.launchConfig).toMatchObject({ imageUuid: 'docker:kbase/narrative:1.0', environment: { A: '1' }, capDrop: ['CHOWN'] });
    expect(await containers()).toEqual([['docker:kbase/narrative:1.0', 'running', 'stack-up-1']]);
  });

  it('is canceled in the middle and goes on (04-31, 04-32)', async () => {
    await begin({ scale: 3 });
    await upgrade({ startFirst: true });
    expect(await act('cancelupgrade')).toMatchObject({ status: 202, body: { state: 'canceling-upgrade' } });
    const canceled = await rancher.untilState(path(), 'canceled-upgrade');
    expect(Object.keys(canceled.actions as object)).toEqual(expect.arrayContaining(['continueupgrade', 'rollback']));
    expect((await act('continueupgrade')).body.state).toBe('upgrading');
    await rancher.untilState(path(), 'upgraded');
    expect((await containers()).length).toBe(6);
  });

  it('keeps its state when the service is renamed meanwhile (04-12aa)', async () => {
    await begin();
    await upgrade();
    expect((await rancher.call('PUT', path(), { name: 'renamed' })).body).toMatchObject({ state: 'upgrading', name: 'renamed' });
  });

  it('is over when the service is removed (04-44)', async () => {
    await begin();
    await upgrade();
    await rancher.untilState(path(), 'upgraded');
    expect((await rancher.call('DELETE', path())).body.state).toBe('removing');
    await rancher.untilState(path(), 'removed');
    expect(await containers()).toEqual([]);
  });
});

describe('sidekicks in an upgrade', () => {
  const [logs, data] = [
    { name: 'logs', imageUuid: 'docker:acme/logs:1', environment: { B: '2' } },
    { name: 'data', imageUuid: 'docker:acme/data:1' },
  ];
  const images = (service: Record<string, unknown>) =>
    (service.secondaryLaunchConfigs as (typeof logs)[]).map(({ name, imageUuid, environment }) => [name, imageUuid, environment]);

  it('are kept; one that is sent is replaced as a whole, and a rollback takes it back', async () => {
    await begin({ secondaryLaunchConfigs: [logs, data] });
    const before = [
      ['logs', 'docker:acme/logs:1', { B: '2' }],
      ['data', 'docker:acme/data:1', undefined],
    ];
    expect(images((await rancher.get(path())).body)).toEqual(before);
    await upgrade({ secondaryLaunchConfigs: [{ name: 'logs', imageUuid: 'docker:acme/logs:2' }] });
    const upgraded = await rancher.untilState(path(), 'upgraded');
    expect(images(upgraded)).toEqual([
      ['logs', 'docker:acme/logs:2', undefined],
      ['data', 'docker:acme/data:1', undefined],
    ]);
    expect(upgraded.secondaryLaunchConfigs).toEqual([
      expect.objectContaining({ version: expect.stringMatching(/-/) }),
      expect.objectContaining({ version: '0' }),
    ]);
    await act('rollback');
    expect(images(await rancher.untilState(path(), 'active'))).toEqual(before);
  });

  it.each([
    ['no list', 'logs', 'InvalidFormat', 'secondaryLaunchConfigs'],
    ['no name', [{ imageUuid: 'docker:x' }], 'MissingRequired', 'name'],
    ['no image', [{ name: 'logs' }], 'MissingRequired', 'imageUuid'],
    ['an image without docker:', [{ name: 'logs', imageUuid: 'x' }], 'InvalidReference', 'imageUuid'],
    ['one name twice', [logs, logs], 'NotUnique', 'name'],
  ])('are refused with %s', async (_what, secondaryLaunchConfigs, code, fieldName) => {
    await begin();
    expect(await upgrade({ secondaryLaunchConfigs })).toMatchObject({ status: 422, body: { code, fieldName } });
  });
});

describe('what can not be upgraded', () => {
  it.each([
    ['04-06', {}, 'MissingRequired', 'Upgrade strategy needs to be set'],
    [
      '04-06aa',
      { inServiceStrategy: {} },
      'InvalidOption',
      'LaunchConfig/secondaryLaunchConfigs need to be specified for inService strategy',
    ],
    ['04-35', { inServiceStrategy: { intervalMillis: 50, launchConfig: { imageUuid: 'docker:x' } } }, 'MinLimitExceeded', 'intervalMillis'],
    ['batch', { inServiceStrategy: { batchSize: 0, launchConfig: { imageUuid: 'docker:x' } } }, 'MinLimitExceeded', 'batchSize'],
  ])('%s', async (_recording, body, code, fieldName) => {
    await begin();
    expect(await rancher.post(path('?action=upgrade'), body)).toMatchObject({ status: 422, body: { code, fieldName } });
  });

  it('is what is upgraded already (04-08)', async () => {
    await begin();
    await upgrade();
    await rancher.untilState(path(), 'upgraded');
    expect(await upgrade()).toMatchObject({ status: 422, body: { code: 'ActionNotAvailable' } });
    expect(await act('deactivate')).toMatchObject({ status: 422, body: { code: 'ActionNotAvailable' } });
  });
});
