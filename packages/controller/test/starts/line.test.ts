import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { POOL_LABEL } from '@mooring/resources';
import { HOLDS_MS } from '../../src/starts/may-start.js';
import { Site } from '../support/site.js';

/** The controller with a limit of starts at once, over a fake Rancher. */
describe('starts at once', () => {
  let site: Site;

  beforeEach(async () => {
    site = new Site();
    await site.open();
  });
  afterEach(async () => {
    await site.stop();
    await site.close();
  });

  const created = () => site.rancher.calls.filter((call) => call.startsWith('create')).map((call) => call.slice('create '.length));
  const queued = (name: string) => site.until(() => site.condition('Ready', name) === 'False Queued');

  /** So many are wanted, one after another; the first starts and does not come up. */
  async function line(...names: string[]): Promise<void> {
    site.answers = false;
    await site.start({ maxStarts: 1 });
    for (const name of names) {
      await site.create({}, name);
      site.clock.moveOn(1);
    }
    for (const name of names.slice(1)) await queued(name);
  }

  it('lets the others wait with a condition and without a call, then one after another in the order of their wishes', async () => {
    await line('a', 'b', 'c', 'd');
    expect(created()).toEqual(['a']);
    expect(site.sessions.get('b')?.status).toMatchObject({ phase: 'Pending' });
    expect(site.sessions.get('a')?.status.phase).toBe('Starting');
    expect(await site.registry.metrics()).toMatch(/mooring_starts_running 1\n[\s\S]*mooring_starts_queued 3\n/);
    site.answers = true;
    for (const name of ['a', 'b', 'c', 'd']) expect((await site.ready(name))?.status.phase).toBe('Ready');
    expect(created()).toEqual(['a', 'b', 'c', 'd']);
    expect(await site.registry.metrics()).toMatch(/mooring_starts_running 0\n[\s\S]*mooring_starts_queued 0\n/);
  });

  it('gives the place of one that is deleted to the next', async () => {
    await line('a', 'b');
    await site.store.delete('Session', 'a');
    await site.until(() => created().length === 2);
  });

  it('lets one leave the line who is not wanted any more, without a trace at Rancher', async () => {
    await line('a', 'b', 'c');
    await site.store.delete('Session', 'b');
    await site.until(() => site.sessions.get('b') === undefined);
    site.answers = true;
    await site.ready('c');
    expect(created()).toEqual(['a', 'c']);
  });

  it('gives the place of one that Rancher refuses to the next, and lets it try again', async () => {
    await site.start({ maxStarts: 1 });
    site.rancher.change({
      resourceType: 'service',
      resource: { id: '1s99', name: 'a', stackId: '1st1', state: 'active', removed: null, type: 'service' } as never,
    });
    await site.create({}, 'a');
    await site.until(() => site.condition('Ready', 'a') === 'False NameTaken');
    await site.create({}, 'b');
    expect((await site.ready('b'))?.status.phase).toBe('Ready');
    expect(site.sessions.get('a')?.status.phase).toBe('Failed');
    site.rancher.services.delete('1s99');
    await site.controller.resync();
    expect((await site.ready('a'))?.status.phase).toBe('Ready');
  });

  it('tries those that Rancher refuses less and less often, though they take turns', async () => {
    await site.start({ maxStarts: 1 });
    const names = ['a', 'b', 'c'];
    for (const [index, name] of names.entries())
      site.rancher.change({
        resourceType: 'service',
        resource: { id: `1s9${index}`, name, stackId: '1st1', state: 'active', removed: null, type: 'service' } as never,
      });
    const errors = async (): Promise<number> => {
      const text = await site.registry.metrics();
      return Number(/controller_runtime_reconcile_total\{controller="session",result="error"\} (\d+)/.exec(text)?.[1]);
    };
    for (const name of names) await site.create({}, name);
    const from = performance.now();
    await site.until(async () => (await errors()) >= 30);
    // The first few follow each other at once, as what they wrote is told; seven more of each take 5 ms, 10 ms and so on, or half of that.
    expect(performance.now() - from).toBeGreaterThan(300);
    for (const name of names) expect(site.condition('Ready', name)).toBe('False NameTaken');
  });

  it('says to those that wait again after an outage that they wait, once it is over', async () => {
    site.answers = false;
    await site.start({ maxStarts: 1 });
    await site.until(() => site.controller.ready().ok);
    site.rancher.down = true;
    for (const name of ['a', 'b']) await site.create({}, name);
    for (const name of ['a', 'b']) await site.until(() => site.condition('Ready', name) === 'False RancherUnavailable');
    site.rancher.down = false;
    await site.controller.resync();
    await site.until(() => created().length === 1);
    const [first = ''] = created();
    await queued(first === 'a' ? 'b' : 'a');
  });

  it('keeps nobody waiting for one that never comes up', async () => {
    await line('a', 'b');
    site.clock.moveOn(HOLDS_MS / 1000);
    await site.until(() => created().length === 2);
    expect(created()).toEqual(['a', 'b']);
  });

  it('keeps the line over a restart', async () => {
    await line('a', 'b', 'c');
    await site.stop();
    await site.start({ maxStarts: 1 });
    await site.until(() => site.controller.ready().ok);
    await queued('b');
    expect(created()).toEqual(['a']);
    site.answers = true;
    await site.ready('c');
    expect(created()).toEqual(['a', 'b', 'c']);
  });

  it('lets people go before what is kept warm', async () => {
    site.answers = false;
    await site.start({ maxStarts: 1 });
    // Without its template, a pool keeps what it has and makes no more.
    await site.store.create('WarmPool', { metadata: { name: 'pool' }, spec: { templateRef: { name: 'none' }, replicas: 1 } });
    await site.create({}, 'a');
    await site.until(() => created().length === 1);
    await site.create({}, 'warm', { [POOL_LABEL]: 'pool' });
    await queued('warm');
    site.clock.moveOn(1);
    await site.create({}, 'b');
    await queued('b');
    site.answers = true;
    await site.ready('warm');
    expect(created()).toEqual(['a', 'b', 'warm']);
  });

  it('has a stopped session stand in line when it is woken', async () => {
    await site.start({ maxStarts: 1 });
    await site.create();
    await site.ready();
    await site.change(({ spec }) => {
      spec.running = false;
    });
    await site.until(() => site.sessions.get('narrative-alice-522b27')?.status.phase === 'Stopped');
    site.answers = false;
    await site.create({}, 'other');
    await site.until(() => created().length === 2);
    await site.want(true);
    await queued('narrative-alice-522b27');
    expect(site.rancher.calls).not.toContain('activate 1s1');
    site.answers = true;
    await site.ready();
    expect(site.rancher.calls).toContain('activate 1s1');
  });

  it('asks once whether what seems to be stopped is, before others go first', async () => {
    await site.start({ maxStarts: 1 });
    await site.create();
    await site.ready();
    const running = { service: site.rancher.services.get('1s1'), container: site.rancher.container('1i1') };
    await site.change(({ spec }) => {
      spec.running = false;
    });
    await site.until(() => site.sessions.get('narrative-alice-522b27')?.status.phase === 'Stopped');
    site.answers = false;
    await site.create({}, 'other');
    await site.until(() => created().length === 2);
    // It was started by somebody else, and no event has told so.
    site.rancher.services.set('1s1', running.service as never);
    site.rancher.containers.set('1i1', running.container);
    await site.want(true);
    await site.until(() => site.condition('ContainerRunning') === 'True ContainerRunning');
    site.answers = true;
    await site.ready();
    expect(site.rancher.calls).not.toContain('activate 1s1');
  });

  it('counts nothing as a start that runs already', async () => {
    await site.start({ maxStarts: 1 });
    for (const name of ['a', 'b', 'c']) await site.create({}, name);
    for (const name of ['a', 'b', 'c']) await site.ready(name);
    await site.stop();
    site.answers = false;
    await site.start({ maxStarts: 1 });
    await site.until(() => site.controller.ready().ok);
    await site.create({}, 'd');
    await site.until(() => created().includes('d'));
  });
});
