import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type Answer, Harness, serviceBody } from '../support/harness.js';

let rancher: Harness;
let stackId: string;
beforeAll(async () => {
  rancher = await Harness.start();
  stackId = await rancher.stack();
  await rancher.service('narrative-alice', { stackId });
  await rancher.untilState('services/1s1', 'active');
});
afterAll(async () => rancher.end());

const expectError = (answer: Answer, status: number, code: string, more: Record<string, unknown> = {}): void => {
  const expected = { type: 'error', links: {}, actions: {}, status, code, detail: null, baseType: 'error', ...more };
  expect(answer.status).toBe(status);
  expect(answer.body).toMatchObject(expected);
  expect(answer.body.id).toMatch(/^[0-9a-f-]{36}$/);
};

const create = (change: Record<string, unknown>, launchConfig: Record<string, unknown> = {}): Promise<Answer> =>
  rancher.post('services', { ...serviceBody('x', stackId, launchConfig), startOnCreate: false, ...change });

describe('a service that can not be', () => {
  it.each([
    ['03-01 taken', { name: 'narrative-alice' }, 'NotUnique', 'name'],
    ['03-01c taken in another case', { name: 'Narrative-ALICE' }, 'NotUnique', 'name'],
    ['03-04 64 letters', { name: 'c'.repeat(64) }, 'MaxLengthExceeded', 'name'],
    ['03-04 absent', { name: undefined }, 'MissingRequired', 'name'],
    ['03-04 empty', { name: '' }, 'MinLengthExceeded', 'name'],
    ...['a--b', 'a.b', '-ab', 'ab-', 'a b', 'nar_under', 'naïve'].map((name) => ['03-04', { name }, 'InvalidCharacters', 'name'] as const),
    ['03-02 unknown stack', { stackId: '1st99999' }, 'InvalidReference', 'stackId'],
    ['03-02b no id', { stackId: 'nope' }, 'InvalidReference', 'stackId'],
    ['03-06 scale', { scale: -1 }, 'MinLimitExceeded', 'scale'],
    ['scale that is no number', { scale: 'many' }, 'InvalidFormat', 'scale'],
    ['scale of more digits than a number has', { scale: '12345678901234567890' }, 'InvalidFormat', 'scale'],
    ['launchConfig that is no object', { launchConfig: 'x' }, 'InvalidOption', 'Image is required when selectorContainer is not passed in'],
  ] as const)('%s: %j is %s', async (_recording, change, code, fieldName) => {
    expectError(await create(change), 422, code, { fieldName, message: null });
  });

  it.each([
    ['03-03', { imageUuid: undefined }, 'InvalidOption', 'Image is required when selectorContainer is not passed in'],
    ['03-03b', { imageUuid: '' }, 'InvalidReference', 'imageUuid'],
    ['03-03c', { imageUuid: 'kbase/narrative' }, 'InvalidReference', 'imageUuid'],
    ['03-06e', { environment: ['A=1'] }, 'InvalidFormat', 'environment'],
    ['03-06h', { capDrop: ['BOGUS'] }, 'InvalidOption', 'capDrop'],
    ['null where a map must be', { labels: null }, 'NotNullable', 'labels'],
    ['null in a list', { ports: [null] }, 'NotNullable', 'ports'],
    ['a health check without a port', { healthCheck: { interval: 2000 } }, 'MissingRequired', 'port'],
    ['a health check of port 0', { healthCheck: { port: 0 } }, 'MinLimitExceeded', 'port'],
    ['a health check of port 65536', { healthCheck: { port: 65_536 } }, 'MaxLimitExceeded', 'port'],
    ['a health check of no strategy', { healthCheck: { port: 80, strategy: 'hope' } }, 'InvalidOption', 'strategy'],
  ] as const)('%s: launchConfig %j is %s', async (_recording, launchConfig, code, fieldName) => {
    expectError(await create({}, launchConfig), 422, code, { fieldName, message: null });
  });

  it('names a stack in no valid state (03-02c, 07-19d)', async () => {
    const gone = await rancher.stack('gone');
    await rancher.call('DELETE', `stacks/${gone}`);
    await rancher.untilState(`stacks/${gone}`, 'removed');
    for (const id of [undefined, gone]) {
      expectError(await create({ stackId: id }), 422, 'InvalidState', { fieldName: 'stackId', message: 'stack is not in a valid state' });
    }
  });

  it.each([
    ['99999:8888/tcp', 'PortInvalidPublicPort', 'incorrect public port, valid range is 0-65535'],
    ['0:8888/tcp', 'PortInvalidPublicPort', 'incorrect public port, valid range is 0-65535'],
    ['99999/tcp', 'PortInvalidPrivatePort', 'incorrect private port, valid range is 0-65535'],
    ['8888/sctp', 'PortInvalidProtocol', 'invalid protocol, only tcp/udp is allowed'],
    ['many', 'PortWrongFormat', 'the specified port spec format is wrong'],
    ['1:2:3:4', 'PortWrongFormat', 'the specified port spec format is wrong'],
  ])('names port %s (03-05b)', async (port, code, message) => {
    const answer = await create({}, { ports: [port] });
    expectError(answer, 422, code, { message });
    expect(answer.body).not.toHaveProperty('fieldName');
  });

  it('is told the first that is wrong, in the order of the body', async () => {
    const description = 'x'.repeat(1025);
    expectError(await rancher.post('services', { description, name: 'a_b' }), 422, 'MaxLengthExceeded', { fieldName: 'description' });
    expectError(await rancher.post('services', { name: 'a_b', description }), 422, 'InvalidCharacters', { fieldName: 'name' });
  });

  it('has a name of null: 500', async () => {
    expectError(await create({ name: null }), 500, 'Internal Server Error');
  });
});

describe('a service that can be', () => {
  it.each([
    ['63 letters', { name: 'c'.repeat(63) }],
    ['upper case', { name: 'UPPER' }],
    ['a digit first', { name: '1a' }],
    ['unknown fields', { name: 'unk', bogus: 1 }],
    ['another type', { name: 'typed', type: 'container' }],
    ['no launchConfig', { name: 'bare', launchConfig: undefined }],
    ['a scale that is text', { name: 'text', scale: ' 2 ' }],
    ['a scale of null: the default', { name: 'nulls', scale: null }],
  ])('%s: 201', async (_what, change) => {
    expect((await create(change)).status).toBe(201);
  });

  it('gets its labels as text (03-06f) and loses its restartPolicy', async () => {
    const { body } = await create({ name: 'labels' }, { labels: { n: 1 }, restartPolicy: { name: 'always' } });
    expect(body.launchConfig).toMatchObject({ labels: { n: '1' }, networkMode: 'managed', kind: 'container' });
    expect(body.launchConfig).not.toHaveProperty('restartPolicy');
  });
});

describe('a body', () => {
  it.each([
    ['{"type":', 400, 'InvalidBodyContent'],
    ['', 422, 'MissingRequired'],
    ['[]', 422, 'MissingRequired'],
  ] as const)('%j: %i (03-07, 03-07b, 03-07c)', async (body, status, code) => {
    expectError(await rancher.call('POST', 'services', body), status, code, status === 422 ? { fieldName: 'name' } : {});
  });

  it('may be a form (03-07d, 11-03)', async () => {
    const form = { 'content-type': 'application/x-www-form-urlencoded' };
    expectError(await rancher.call('POST', 'services', 'name=x', form), 422, 'InvalidState', { fieldName: 'stackId' });
    const put = await rancher.call('PUT', 'services/1s1', 'name=narrative-bob&description=client-ip%3A1.2.3.4+timestamp%3A2020', form);
    expect(put.body).toMatchObject({ name: 'narrative-bob', description: 'client-ip:1.2.3.4 timestamp:2020' });
    await rancher.untilState('services/1s1', 'active');
    await rancher.call('PUT', 'services/1s1', { name: 'narrative-alice' });
    await rancher.untilState('services/1s1', 'active');
  });

  it('larger than 1 MiB is refused', async () => {
    expect((await rancher.call('POST', 'services', 'x'.repeat(1024 * 1024 + 1))).status).toBe(413);
  });
});

describe('what is not there or not allowed', () => {
  it.each([
    ['GET', 'services/1s99999', 404, 'Not Found'],
    ['GET', 'services/nope', 404, 'Not Found'],
    ['GET', 'bogus', 404, 'Not Found'],
    ['GET', 'services/1s1/bogus', 404, 'Not Found'],
    ['DELETE', 'services/1s99999', 500, 'Internal Server Error'],
    ['PUT', 'services/1s99999', 500, 'Internal Server Error'],
    // Only where there are no ids; what Rancher's ids begin with comes first.
    ['DELETE', 'services/5', 404, 'Not Found'],
    ['PUT', 'stacks/12', 404, 'Not Found'],
    ['DELETE', 'stacks/1st99999', 500, 'Internal Server Error'],
    ['DELETE', 'containers/1i99999', 404, 'Not Found'],
    ['PUT', 'hosts/1h99999', 404, 'Not Found'],
    ['POST', 'services/1s99999?action=deactivate', 404, 'Not Found'],
    ['DELETE', 'instances/1i1', 405, 'Method not allowed'],
    ['PUT', 'services', 405, 'Method not allowed'],
    ['POST', 'bogus', 404, 'Not Found'],
    ['PATCH', 'services/1s1', 405, 'Method not allowed'],
    ['POST', 'services/1s1', 405, 'Method not allowed'],
    ['DELETE', 'services', 405, 'Method not allowed'],
    ['POST', 'hosts', 405, 'Method not allowed'],
  ])('%s %s: %i', async (method, path, status, code) => {
    expectError(await rancher.call(method, path, method === 'GET' ? undefined : {}), status, code, { message: code });
  });

  it('an unknown project is 404, what is below it 403', async () => {
    expectError(await rancher.get(`${rancher.rancher.url}/projects/1a99999`), 404, 'Not Found');
    expectError(await rancher.get(`${rancher.rancher.url}/projects/1a6/services`), 403, 'Forbidden');
  });

  it('does not check the letters of an id (03-09c)', async () => {
    expect((await rancher.get('services/1st1')).body).toMatchObject({ id: '1s1', type: 'service' });
  });
});

describe('an action', () => {
  it.each(['activate', 'rollback', 'cancelupgrade'])('%s is not available while active (04-01)', async (action) => {
    expectError(await rancher.post(`services/1s1?action=${action}`), 422, 'ActionNotAvailable', { fieldName: 'action', message: null });
  });

  it('that nobody knows (04-01e)', async () => {
    expectError(await rancher.post('services/1s1?action=bogus'), 422, 'InvalidAction', { fieldName: 'action' });
  });

  it.each(['services/1s99999?action=bogus', 'services?action=activate', 'ports/1p1?action=x', 'instances/1i1?action=logs'])(
    'that there is none of: %s',
    async (path) => {
      expectError(await rancher.post(path, serviceBody('y', stackId)), 422, 'InvalidAction', { fieldName: 'action' });
    },
  );

  it('that a GET names is not taken (04-01f)', async () => {
    expect((await rancher.get('services/1s1?action=deactivate')).body).toMatchObject({ state: 'active' });
  });

  it('restart needs its strategy (04-05)', async () => {
    expectError(await rancher.post('services/1s1?action=restart'), 422, 'MissingRequired', { fieldName: 'rollingRestartStrategy' });
  });

  it('of a running container (05-08b to 05-12c)', async () => {
    expectError(await rancher.post('containers/1i1?action=execute', {}), 422, 'MissingRequired', { fieldName: 'command' });
    expectError(await rancher.post('containers/1i1?action=console'), 422, 'ActionNotAvailable', { fieldName: 'action' });
    expectError(await rancher.post('containers/1i1?action=start'), 422, 'ActionNotAvailable', { fieldName: 'action' });
  });

  it('on what is removed (07-04, 07-05, 07-13)', async () => {
    await create({ name: 'doomed' });
    const [doomed] = (await rancher.get('services?name=doomed')).body.data;
    const path = `services/${String(doomed?.id)}`;
    await rancher.call('DELETE', `${path}/?action=remove`);
    await rancher.untilState(path, 'removed');
    expect(await rancher.call('DELETE', path)).toMatchObject({ status: 200, body: { state: 'removed' } });
    expectError(await rancher.post(`${path}?action=remove`), 422, 'ActionNotAvailable', { fieldName: 'action' });
    expect((await create({ name: 'doomed' })).status).toBe(201);
    expectError(await rancher.call('PUT', path, { description: 'x' }), 422, 'NotUnique', { fieldName: 'name' });
  });
});

describe('a rename', () => {
  it('is checked as a creation is (03-21d, 03-21e)', async () => {
    await create({ name: 'other' });
    expectError(await rancher.call('PUT', 'services/1s1', { name: 'bad_name' }), 422, 'InvalidCharacters', { fieldName: 'name' });
    expectError(await rancher.call('PUT', 'services/1s1', { name: 'OTHER' }), 422, 'NotUnique', { fieldName: 'name' });
  });
});

describe('a stack', () => {
  it.each([
    [{ name: 'stack' }, 'NotUnique'],
    [{}, 'MissingRequired'],
    [{ name: 'a'.repeat(64) }, 'MaxLengthExceeded'],
    [{ name: '' }, 'MinLengthExceeded'],
    ...['nar_under', 'a.b', '-a', 'a-', 'a b'].map((name) => [{ name }, 'InvalidCharacters'] as const),
  ])('%j is %s (01-21 to 01-24)', async (body, code) => {
    expectError(await rancher.post('stacks', body), 422, code, { fieldName: 'name' });
  });

  it.each(['a--b', 'STACK', 'c'.repeat(63)])('may be called %s', async (name) => {
    expect((await rancher.post('stacks', { name })).status).toBe(201);
  });
});

describe('other paths', () => {
  it('are answered as recorded', async () => {
    const root = rancher.rancher.url.replace('/v2-beta', '');
    const ping = await fetch(`${root}/ping`);
    expect([ping.status, await ping.text()]).toEqual([200, 'pong\n']);
    expect((await rancher.get(`${root}/`)).body).toMatchObject({ id: 'v1', type: 'apiVersion' });
    expect((await rancher.get(`${root}/v2-beta/`)).body).toMatchObject({ id: 'v2-beta', type: 'apiVersion' });
    const unknown = await fetch(`${root}/v3`);
    expect([unknown.status, unknown.headers.get('content-type')]).toEqual([404, expect.stringContaining('text/html')]);
  });
});
