import { appendFile, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { Harness, START_ONCE } from '../support/harness.js';

let rancher: Harness;
beforeEach(async () => {
  rancher = await Harness.start();
});
afterEach(async () => rancher.end());

const reboot = async (): Promise<void> => {
  await rancher.halt();
  await rancher.boot();
};

describe('the next start', () => {
  it('first ends what the last run left behind', async () => {
    expect(rancher.runtime.recovered).toBe(1);
  });

  it('finds everything again and starts the containers of active services, at their addresses', async () => {
    const id = await rancher.service('stays', { metadata: { k: 'v' } });
    const before = await rancher.untilState(`services/${id}`, 'active');
    await reboot();
    await rancher.until('containers/1i1', (body) => body.state === 'running' && body.startCount === 2);
    const after = (await rancher.get(`services/${id}`)).body;
    expect(after).toMatchObject({
      uuid: before.uuid,
      name: 'stays',
      metadata: { k: 'v' },
      launchConfig: before.launchConfig,
      state: 'active',
    });
    expect(rancher.runtime.started).toHaveLength(1);
    expect(rancher.runtime.started[0]).toMatchObject({ address: '127.64.0.1' });
  });

  it('leaves what is to be started once stopped, until somebody starts it', async () => {
    const id = await rancher.service('once', {}, START_ONCE);
    await rancher.untilState(`services/${id}`, 'active');
    await reboot();
    await rancher.until(`services/${id}`, (body) => body.state === 'active' && body.healthState === 'started-once');
    expect((await rancher.get('containers/1i1')).body).toMatchObject({ state: 'stopped', startCount: 1 });
    expect(rancher.runtime.started).toEqual([]);
    await rancher.post('containers/1i1?action=start');
    await rancher.until(`services/${id}`, (body) => body.healthState === 'healthy');
    expect(rancher.runtime.running.size).toBe(1);
  });

  it('takes up what was under way', async () => {
    await rancher.halt();
    await rancher.boot({ pace: 'recorded' });
    const stackId = await rancher.stack();
    const starting = await rancher.service('starting', { stackId }, START_ONCE);
    await rancher.untilState(`services/${starting}`, 'activating');
    const registering = await rancher.service('registering', { stackId });
    await reboot();
    await rancher.untilState(`services/${starting}`, 'active');
    await rancher.untilState(`services/${registering}`, 'active');
    expect(rancher.runtime.running.size).toBe(2);
  });

  it('goes on with a removal', async () => {
    await rancher.halt();
    await rancher.boot({ pace: 'recorded' });
    const id = await rancher.service('leaving');
    await rancher.untilState(`services/${id}`, 'active');
    await rancher.call('DELETE', `services/${id}`);
    await reboot();
    await rancher.untilState(`services/${id}`, 'removed');
    expect((await rancher.get('containers/1i1')).body.state).toBe('removed');
  });

  it('keeps what is inactive so, and gives no id twice', async () => {
    const id = await rancher.service('off');
    await rancher.untilState(`services/${id}`, 'active');
    await rancher.post(`services/${id}?action=deactivate`);
    await rancher.untilState(`services/${id}`, 'inactive');
    await reboot();
    expect(await rancher.service('next')).toBe('1s2');
    await rancher.untilState('services/1s2', 'active');
    expect((await rancher.containersOf('1s2'))[0]?.id).toBe('1i2');
    expect((await rancher.get(`services/${id}`)).body.state).toBe('inactive');
  });

  it('drops a last line that was being written when the process was killed', async () => {
    await rancher.stack('kept');
    await rancher.halt();
    await appendFile(join(rancher.dataDir, 'rancher.journal'), '[{"kind":"stack","id":7,"na');
    await rancher.boot();
    expect((await rancher.get('stacks')).body.data.map((stack) => stack.name)).toEqual(['kept']);
    expect(await rancher.stack('second')).toBe('1st2');
    await reboot();
    expect((await rancher.get('stacks')).body.data).toHaveLength(2);
  });

  it('refuses a damaged file and names the line', async () => {
    await rancher.stack('kept');
    const file = join(rancher.dataDir, 'rancher.journal');
    await rancher.halt();
    const before = await readFile(file, 'utf8');
    await appendFile(file, '{"x":1}\n');
    await expect(rancher.boot()).rejects.toThrow(`line ${before.split('\n').length} is damaged`);
    await writeFile(file, before);
    await rancher.boot();
  });
});

describe('what was answered', () => {
  it('is in the file, also when nothing is closed in order', async () => {
    const id = await rancher.service('durable');
    const text = await readFile(join(rancher.dataDir, 'rancher.journal'), 'utf8');
    const records = text
      .split('\n')
      .filter((line) => line !== '')
      .flatMap((line) => JSON.parse(line) as { kind: string; name?: string }[]);
    expect(records.filter((record) => record.kind === 'service' && record.name === 'durable').length).toBeGreaterThan(0);
    expect(id).toBe('1s1');
  });
});
