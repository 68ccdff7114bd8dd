import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { quietLogger } from '../../../leaks/quiet-logger.js';
import { createEmbeddedRancher, type EmbeddedRancher } from '../src/embedded.js';
import { paceNamed } from '../src/pace.js';
import { FakeRuntime } from './support/fake-runtime.js';
import { serviceBody, waitFor } from './support/harness.js';

describe('a Rancher inside the process', () => {
  let rancher: EmbeddedRancher;
  const ask = (method: string, path: string, body?: object) => {
    const { text } = rancher.ask({ method, path: `/v2-beta/projects/1a5/${path}`, body: body && JSON.stringify(body) });
    return JSON.parse(text);
  };
  const until = (path: string, state: string) => waitFor(async () => (ask('GET', path).state === state ? true : undefined));

  beforeEach(async () => {
    rancher = createEmbeddedRancher({ runtime: new FakeRuntime(), pace: paceNamed('fast'), hosts: 1, logger: quietLogger() });
    ask('POST', 'stacks', { name: 'stack' });
    ask('POST', 'services', serviceBody('one', '1st1'));
    await until('services/1s1', 'active');
    await until('containers/1i1', 'running');
  });
  afterEach(() => rancher.close());

  it('answers the same as long as nothing happens', () => {
    const before = ask('GET', 'services/1s1?include=instances');
    expect(before).toMatchObject({ name: 'one', instanceIds: ['1i1'], instances: [{ state: 'running' }] });
    expect(ask('GET', 'services/1s1?include=instances')).toEqual(before);
    expect(ask('GET', 'services/1s1')).not.toHaveProperty('instances');
  });

  it('shows at once what happened to a service that was looked at before', () => {
    ask('GET', 'services/1s1');
    ask('PUT', 'services/1s1', { name: 'two' });
    expect(ask('GET', 'services?name=two').data).toMatchObject([{ id: '1s1', name: 'two' }]);
  });

  it('shows at once what happened to the containers of a service that was looked at before', async () => {
    const before = ask('GET', 'services/1s1');
    ask('DELETE', 'containers/1i1');
    await until('containers/1i1', 'removed');
    await waitFor(async () => (ask('GET', 'containers/1i2').state === 'running' ? true : undefined));
    expect(before.instanceIds).toEqual(['1i1']);
    expect(ask('GET', 'services/1s1?include=instances')).toMatchObject({
      instanceIds: ['1i2'],
      instances: [{ id: '1i2', state: 'running' }],
    });
  });

  it('links to where it was asked', () => {
    const { text } = rancher.ask({ method: 'GET', path: '/v2-beta/services/1s1' });
    expect(JSON.parse(text).links.self).toBe('http://rancher/v2-beta/services/1s1');
    expect(ask('GET', 'services/1s1').links.self).toBe('http://rancher/v2-beta/projects/1a5/services/1s1');
  });
});
