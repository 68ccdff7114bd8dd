import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { Harness, serviceBody } from '../support/harness.js';

let rancher: Harness;
let stackId: string;
beforeEach(async () => {
  rancher = await Harness.start();
  stackId = await rancher.stack();
});
afterEach(async () => rancher.end());

const act = (action: string, body?: unknown) => rancher.post(`stacks/${stackId}?action=${action}`, body);

describe('a stack', () => {
  it('takes its services down and up, and answers 200 with itself', async () => {
    const id = await rancher.service('one');
    await rancher.untilState(`services/${id}`, 'active');
    for (const [action, state] of [
      ['deactivateservices', 'inactive'],
      ['activateservices', 'active'],
    ] as const) {
      expect(await act(action)).toMatchObject({ status: 200, body: { id: stackId, type: 'stack' } });
      await rancher.untilState(`services/${id}`, state);
    }
  });

  it('does not take down a service that is upgraded', async () => {
    const id = await rancher.service('one');
    await rancher.untilState(`services/${id}`, 'active');
    const { body } = await rancher.get(`services/${id}`);
    await rancher.post(`services/${id}?action=upgrade`, { inServiceStrategy: { launchConfig: body.launchConfig } });
    await rancher.untilState(`services/${id}`, 'upgraded');
    expect(await act('deactivateservices')).toMatchObject({
      status: 422,
      body: { code: 'InvalidState', fieldName: 'Service one is not in valid state to be deactivated: upgraded' },
    });
  });

  it('keeps outputs', async () => {
    expect(await act('addoutputs', { outputs: { a: '1' } })).toMatchObject({ status: 200, body: { outputs: { a: '1' } } });
    await act('addoutputs', { outputs: { b: 2 } });
    expect((await rancher.get(`stacks/${stackId}`)).body.outputs).toEqual({ a: '1', b: '2' });
    expect(await act('addoutputs', {})).toMatchObject({ status: 422, body: { code: 'MissingRequired', fieldName: 'outputs' } });
  });

  it('tells its services as compose files', async () => {
    await rancher.service('one', { scale: 2 }, { environment: { A: '"x"' } });
    const { status, body } = await act('exportconfig');
    expect([status, body.type]).toEqual([200, 'composeConfig']);
    expect(body.dockerComposeConfig).toContain(
      '  one:\r\n    image: "kbase/narrative:1.0"\r\n    environment:\r\n      "A": "\\"x\\""\r\n',
    );
    expect(body.rancherComposeConfig).toContain('scale: 2');
  });

  it('keeps its name where only the case changes', async () => {
    expect((await rancher.call('PUT', `stacks/${stackId}`, { name: 'STACK' })).body).toMatchObject({ name: 'STACK', state: 'active' });
  });

  it('is where a service is created by its link', async () => {
    const { stackId: _stackId, ...body } = serviceBody('below', '');
    expect(await rancher.post(`stacks/${stackId}/services`, body)).toMatchObject({ status: 201, body: { type: 'service', stackId } });
    expect((await rancher.post(`stacks/${stackId}/hosts`, {})).status).toBe(405);
  });
});
