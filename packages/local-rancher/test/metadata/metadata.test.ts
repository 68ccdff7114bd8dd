import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { Harness } from '../support/harness.js';

let rancher: Harness;
beforeEach(async () => {
  rancher = await Harness.start();
  await rancher.stack('mooring');
  await rancher.service('abc', { stackId: '1st1', metadata: { aliases: { x: ['y'] } } }, { labels: { 'traefik.enable': 'true' } });
  await rancher.untilState('services/1s1', 'active');
});
afterEach(async () => rancher.end());

const read = async (path: string, accept = 'application/json'): Promise<{ status: number; text: string }> => {
  const response = await fetch(`${rancher.rancher.metadataUrl}${path}`, { headers: { accept } });
  return { status: response.status, text: await response.text() };
};

const json = async (path: string): Promise<unknown> => JSON.parse((await read(path)).text) as unknown;

describe('the metadata service', () => {
  it('lists stacks with their services and containers', async () => {
    const container = { name: 'mooring-abc-1', primary_ip: '127.64.0.1', state: 'running', service_name: 'abc', stack_name: 'mooring' };
    expect(await json('/latest/stacks')).toMatchObject([
      {
        name: 'mooring',
        environment_name: 'Default',
        system: false,
        services: [
          {
            name: 'abc',
            state: 'active',
            scale: 1,
            labels: { 'traefik.enable': 'true' },
            metadata: { aliases: { x: ['y'] } },
            containers: [container],
          },
        ],
      },
    ]);
    expect(await json('/2015-12-19/containers')).toMatchObject([container]);
    expect(await json('/2016-07-29/services')).toMatchObject([{ name: 'abc', stack_name: 'mooring' }]);
    expect(await json('/2015-07-25/hosts')).toMatchObject([{ name: 'local' }]);
  });

  it('tells of a container whose health is checked what the API tells: who routes by it sends it nothing yet', async () => {
    await rancher.service('checked', { stackId: '1st1' }, { healthCheck: { port: 8888 } });
    await rancher.untilState('services/1s2', 'active');
    const health = '/latest/stacks/mooring/services/checked/containers/0/health_state';
    expect([await json(health), await json(health.replace('checked', 'abc'))]).toEqual(['initializing', null]);
  });

  it('goes down a path, in lists by name or place', async () => {
    expect(await json('/latest/stacks/mooring/services/0/containers/mooring-abc-1/primary_ip')).toBe('127.64.0.1');
    expect(await json('/latest/self/stack/environment_name')).toBe('Default');
    expect((await read('/latest/stacks/nope')).status).toBe(404);
    expect((await read('/latest/stacks/__proto__')).status).toBe(404);
    expect((await read('/2014-01-01/stacks')).status).toBe(404);
    expect((await read('/latest/%zz')).status).toBe(400);
  });

  it('speaks in self of the stack that it was told', async () => {
    expect(await json('/2016-07-29/self/stack')).toMatchObject({ name: 'mooring', services: [{ name: 'abc' }] });
    await rancher.halt();
    await rancher.boot({ selfStack: 'elsewhere' });
    expect(await json('/latest/self')).toMatchObject({
      stack: { name: 'elsewhere', environment_name: 'Default', services: [] },
      container: { stack_name: 'elsewhere' },
      service: { stack_name: 'elsewhere', metadata: {} },
      host: { name: 'local' },
    });
  });

  it('answers in plain text who does not ask for JSON', async () => {
    expect((await read('/latest/self/stack/name', '*/*')).text).toBe('mooring');
    expect((await read('/', '*/*')).text).toBe('2015-07-25/\n2015-12-19/\n2016-07-29/\nlatest/');
    expect((await read('/latest', '*/*')).text).toBe('version\nself/\nstacks/\nservices/\ncontainers/\nhosts/');
    expect((await read('/latest/stacks', '*/*')).text).toBe('0=mooring');
  });

  it('holds a version request until something changes', async () => {
    const version = (await json('/latest/version')) as string;
    const waiting = json(`/latest/version?wait=true&value=${version}&maxWait=30`);
    await rancher.stack('another');
    expect(await waiting).not.toBe(version);
  });

  it('answers at once where the version is another already, and after the longest wait where it is not', async () => {
    expect(await json('/latest/version?wait=true&value=1&maxWait=30')).toMatch(/^\d+$/);
    const version = (await json('/latest/version')) as string;
    expect(await json(`/latest/version?wait=true&value=${version}&maxWait=0.05`)).toBe(version);
  });

  it('does not hold up a stop', async () => {
    const version = (await json('/latest/version')) as string;
    const waiting = json(`/latest/version?wait=true&value=${version}&maxWait=300`).catch(() => 'cut');
    await json('/latest/version');
    await rancher.halt();
    expect([version, 'cut']).toContain(await waiting);
    await rancher.boot();
  });
});
