import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { Harness } from '../support/harness.js';

let rancher: Harness;
beforeEach(async () => {
  rancher = await Harness.start();
});
afterEach(async () => rancher.end());

describe('links (04-20 to 04-25)', () => {
  it('are set, added and taken away', async () => {
    const from = await rancher.service('from');
    const to = await rancher.service('to');
    const act = (action: string, body: unknown) => rancher.post(`services/${from}?action=${action}`, body);
    const links = async () => (await rancher.get(`services/${from}`)).body.linkedServices;
    expect((await act('setservicelinks', { serviceLinks: [{ serviceId: to, name: 'a' }] })).status).toBe(200);
    const other = await rancher.service('other');
    await act('addservicelink', { serviceLink: { serviceId: other, name: 'b' } });
    expect(await links()).toEqual({ a: to, b: other });
    expect((await rancher.get(`services/${to}/consumedbyservices`)).body.data.map(({ id }) => id)).toEqual([from]);
    await act('removeservicelink', { serviceLink: { serviceId: to } });
    expect(await links()).toEqual({ b: other });
    expect(await act('setservicelinks', { serviceLinks: [{ serviceId: '1s99999' }] })).toMatchObject({
      status: 422,
      body: { code: 'InvalidReference' },
    });
    await act('setservicelinks', undefined);
    expect(await links()).toBeNull();
  });

  it.each([
    ['addservicelink', { serviceLink: { serviceId: '1s2', name: 'again' } }, 'NotUnique', 'serviceId'],
    ['addservicelink', { serviceLink: { serviceId: '1s99999' } }, 'InvalidReference', 'serviceId'],
    ['addservicelink', { serviceLink: { serviceId: '1s3', name: 'a b' } }, 'InvalidCharacters', 'name'],
    ['addservicelink', { serviceLink: { serviceId: '1s3', name: 'a..b' } }, 'InvalidCharacters', 'name'],
    ['addservicelink', {}, 'MissingRequired', 'serviceLink'],
    ['addservicelink', { serviceLink: {} }, 'MissingRequired', 'serviceId'],
    ['removeservicelink', { serviceLink: { serviceId: '1s3' } }, 'InvalidReference', 'serviceId'],
    ['setservicelinks', { serviceLinks: [{ serviceId: '1s4' }] }, 'InvalidReference', 'Service gone is removed'],
    ['setservicelinks', { serviceLinks: [{ serviceId: '1s2' }, { serviceId: '1s2' }] }, 'NotUnique', 'serviceId and link name combination'],
  ])('%s %j: %s of %s', async (action, body, code, fieldName) => {
    for (const name of ['from', 'to', 'other', 'gone']) await rancher.service(name, { startOnCreate: false });
    await rancher.call('DELETE', 'services/1s4');
    await rancher.untilState('services/1s4', 'removed');
    await rancher.post('services/1s1?action=addservicelink', { serviceLink: { serviceId: '1s2' } });
    expect(await rancher.post(`services/1s1?action=${action}`, body)).toMatchObject({ status: 422, body: { code, fieldName } });
  });
});
