import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { until } from '../support/until.js';
import { launchOf, RolloutSite, sidekicksOf } from './site.js';

let site: RolloutSite;
beforeEach(async () => {
  site = await RolloutSite.open();
});
afterEach(async () => site.close());

const progress = async (name = 'push') => {
  const { status } = await site.finished(name);
  return Object.fromEntries(status.services.map(({ name: service, phase }) => [service, phase]));
};

describe('a rollout', () => {
  it('upgrades and confirms what asks for it, and changes nothing but the image', async () => {
    const before = await site.service('web');
    const others = [
      await site.service('other', 'acme/web2:1.0'),
      await site.service('silent', 'acme/web:1.0', { labels: { 'autoupdate.enable': 'false' } }),
      await site.service('ahead', 'acme/web:3.0'),
    ];
    await site.start();
    await site.push('acme/web:2.0', { startFirst: true });
    expect(await progress()).toEqual({ web: 'Upgraded', ahead: 'Unchanged' });
    const after = await site.state(before.id, 'active');
    expect(launchOf(after)).toEqual({ ...launchOf(before), imageUuid: 'docker:acme/web:2.0' });
    for (const other of others) expect(await site.project.services.get(other.id)).toMatchObject({ launchConfig: other.launchConfig });
    expect(site.notices.map(({ level, about, text }) => [level, about, text])).toEqual([
      ['good', 'service', expect.stringContaining('web in')],
      ['good', 'rollout', 'Rollout of acme/web:2.0: Complete. 1 Unchanged, 1 Upgraded.'],
    ]);
  });

  it.each([
    ['a sidekick alone', 'acme/api:1.0', 'acme/api:1.0'],
    ['the service and a sidekick', 'acme/web:1.0', 'acme/web:2.0'],
  ])('reaches %s that has the image, and keeps all else of both', async (_which, image, becomes) => {
    const sidekicks = [
      { name: 'helper', imageUuid: 'docker:acme/web:1.0', environment: { ROLE: 'helper' }, capDrop: ['CHOWN'] },
      { name: 'logs', imageUuid: 'docker:acme/logs:1.0', labels: { keep: 'me' } },
    ];
    const before = await site.service('web', image, {}, sidekicks);
    await site.start();
    await site.push('acme/web:2.0');
    expect(await progress()).toEqual({ web: 'Upgraded' });
    const after = await site.state(before.id, 'active');
    expect(launchOf(after)).toEqual({ ...launchOf(before), imageUuid: `docker:${becomes}` });
    const [helper, logs] = sidekicksOf(before);
    expect(helper).toMatchObject({ name: 'helper', environment: { ROLE: 'helper' }, capDrop: ['CHOWN'] });
    expect(sidekicksOf(after)).toEqual([{ ...helper, imageUuid: 'docker:acme/web:2.0' }, logs]);
  });

  it('that is rolled back gives a sidekick back what it ran', async () => {
    site.breaks = /:2\.0/;
    const before = await site.service('web', 'acme/web:1.0', {}, [{ name: 'helper', imageUuid: 'docker:acme/web:1.0' }]);
    await site.start();
    await site.push('acme/web:2.0', { onFailure: 'rollback', timeoutSeconds: 1 });
    expect(await progress()).toEqual({ web: 'RolledBack' });
    expect(sidekicksOf(await site.state(before.id, 'active'))).toEqual(sidekicksOf(before));
  });

  it('leaves the last word to people where it is not to confirm', async () => {
    const { id } = await site.service('web');
    await site.start();
    await site.push('acme/web:2.0', { confirm: false });
    expect(await progress()).toEqual({ web: 'Upgraded' });
    expect((await site.project.services.get(id)).state).toBe('upgraded');
  });

  it('takes a latest that was pushed again for new', async () => {
    const before = await site.service('web', 'acme/web:latest');
    await site.start();
    await site.push('acme/web');
    expect(await progress()).toEqual({ web: 'Upgraded' });
    const after = await site.state(before.id, 'active');
    expect(after.launchConfig?.version).not.toBe(before.launchConfig?.version);
    expect(site.taken).toEqual(['upgrade', 'finishupgrade']);
  });

  it.each([
    ['hold', 'Held', 'docker:acme/web:2.0-x', 'upgrading'],
    ['rollback', 'RolledBack', 'docker:acme/web:1.0-x', 'active'],
  ] as const)('with %s, is %s where the new container can not be started in time', async (onFailure, phase, image, state) => {
    site.breaks = /:2\.0/;
    const before = await site.service('web', 'acme/web:1.0-x');
    await site.start();
    await site.push('acme/web:2.0-x', { onFailure, timeoutSeconds: 1 });
    const { status } = await site.finished();
    expect(status.services).toMatchObject([{ phase, message: expect.stringContaining('no such image') }]);
    expect(status.phase).toBe('Failed');
    expect(await site.state(before.id, state)).toMatchObject({ launchConfig: { imageUuid: image } });
    expect(site.notices.map(({ level, phase: told }) => [level, told])).toEqual([
      ['danger', phase],
      ['danger', 'Failed'],
    ]);
  });
});

describe('what is in the way', () => {
  it('is waited for', async () => {
    const { id } = await site.service('web');
    await site.project.services.action(id, 'deactivate');
    await site.state(id, 'inactive');
    await site.start();
    await site.push('acme/web:2.0');
    await site.rollout(({ status }) => status.services[0]?.message.includes('inactive') === true);
    await site.project.services.action(id, 'activate');
    expect(await progress()).toEqual({ web: 'Upgraded' });
  });

  it('is told where somebody cancels the upgrade at Rancher', async () => {
    await site.close();
    site = await RolloutSite.open({ hundredth: false });
    const { id } = await site.service('web');
    await site.start();
    await site.push('acme/web:2.0');
    await until(async () => (await site.project.services.get(id)).state === 'upgrading');
    await site.project.services.action(id, 'cancelupgrade');
    expect(await progress()).toEqual({ web: 'Held' });
    expect((await site.project.services.get(id)).state).toBe('canceled-upgrade');
  });

  it('goes back where the rollout is canceled', async () => {
    await site.close();
    site = await RolloutSite.open({ hundredth: false });
    const before = await site.service('web');
    await site.service('web-too');
    await site.start();
    await site.push('acme/web:2.0', { strategy: { atOnce: 1, environments: 'Together' } });
    const rollout = await site.rollout(({ status }) => status.services.some(({ taken }) => taken));
    await site.store.update('Rollout', { ...rollout, spec: { ...rollout.spec, canceled: true } });
    expect(await progress()).toEqual({ web: 'RolledBack', 'web-too': 'Skipped' });
    expect((await site.state(before.id, 'active')).launchConfig).toEqual(before.launchConfig);
  });

  it('gives way to what is newer', async () => {
    await site.close();
    site = await RolloutSite.open({ hundredth: false });
    await site.service('web');
    await site.service('web-too');
    await site.start();
    await site.push('acme/web:2.0', { strategy: { atOnce: 1, environments: 'Together' } });
    await site.rollout(({ status }) => status.services.some(({ taken }) => taken));
    await site.push('acme/web:3.0', {}, 'later');
    expect(await progress('later')).toEqual({ web: 'Upgraded', 'web-too': 'Upgraded' });
    expect(await progress()).toEqual({ web: 'Upgraded', 'web-too': 'Skipped' });
    expect((await site.finished()).status.services[1]?.message).toBe('Superseded by later, which brings acme/web:3.0.');
  });
});
