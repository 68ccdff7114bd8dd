import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { RancherClient } from '@mooring/rancher-client';
import { HttpResponse, http } from 'msw';
import { setupServer } from 'msw/node';
import { readConfig } from '../../src/config/config.js';
import { locatePlace } from '../../src/serve/locate.js';

const API = 'http://rancher.test/v2-beta';
const META = 'http://rancher-metadata/2016-07-29';
const server = setupServer();
beforeAll(() => server.listen({ onUnhandledRequest: 'error' }));
afterEach(() => server.resetHandlers());
afterAll(() => server.close());

const resource = (type: string, id: string, name: string) => ({ id, type, name, state: 'active', links: {}, actions: {} });
const collection = (data: object[]) => HttpResponse.json({ type: 'collection', data, pagination: null });
const PROJECTS = [resource('project', '1a5', 'Default'), resource('project', '1a7', 'Prod')];
const STACKS = [resource('stack', '1st7', 'narrative'), resource('stack', '1st8', 'other')];

const rancher = [
  http.get(`${API}/projects`, () => collection(PROJECTS)),
  http.get(`${API}/projects/1a7`, () => HttpResponse.json(PROJECTS[1])),
  http.get(`${API}/projects/1a9`, () =>
    HttpResponse.json({ type: 'error', status: 404, code: 'NotFound', message: 'Not Found' }, { status: 404 }),
  ),
  http.get(`${API}/projects/1a7/stacks`, () => collection(STACKS)),
  http.get(`${API}/projects/1a7/stacks/1st8`, () => HttpResponse.json(STACKS[1])),
  http.get(`${API}/projects/1a7/stacks/1st9`, () =>
    HttpResponse.json({ type: 'error', status: 404, code: 'NotFound', message: 'Not Found' }, { status: 404 }),
  ),
];
const metadata = (stack: object) => [
  http.get(`${META}/self/stack`, () => HttpResponse.json(stack)),
  http.get(`${META}/self/container`, () => HttpResponse.json({ name: 'x' })),
];

async function locate(environment: Record<string, string>) {
  const client = new RancherClient({ url: API, retries: 0 });
  try {
    return await locatePlace(client, readConfig({ rancher_url: API, ...environment }, 'm').settings);
  } finally {
    await client.close();
  }
}

const ENV = { rancher_env_url: 'https://elsewhere.test/v2-beta/projects/1a7' };

describe('the place for sessions', () => {
  it('is that of this container, by the metadata service, names without regard to case', async () => {
    server.use(...rancher, ...metadata({ name: 'Narrative', environment_name: 'PROD' }));
    expect(await locate({})).toEqual({ projectId: '1a7', stackId: '1st7', stackName: 'narrative' });
  });

  it('is what is configured, and then nobody else is asked', async () => {
    server.use(...rancher);
    expect(await locate({ ...ENV, rancher_stack_id: '8' })).toEqual({ projectId: '1a7', stackId: '1st8', stackName: 'other' });
    expect(await locate({ ...ENV, rancher_stack_name: 'other' })).toEqual({ projectId: '1a7', stackId: '1st8', stackName: 'other' });
  });

  it.each([
    [
      { rancher_env_url: `${API}/projects/1a9`, rancher_stack_id: '1st8' },
      /^There is no environment 1a9 at Rancher; correct rancher_env_url/,
    ],
    [{ ...ENV, rancher_stack_id: '1st9' }, /^There is no stack 1st9 in environment 1a7; correct rancher_stack_id/],
    [{ ...ENV, rancher_stack_name: 'gone' }, /^There is no stack "gone" \(rancher_stack_name\); there are: narrative, other\./],
    [{}, /^The metadata service names the environment "Lab", and the API key sees: Default, Prod\./],
  ])('says what is wrong with %j', async (environment, message) => {
    server.use(...rancher, ...metadata({ name: 'narrative', environment_name: 'Lab' }));
    await expect(locate(environment)).rejects.toThrow(message);
  });

  it.each(['removing', 'removed'])('is no stack that is %s, by its name or id', async (state) => {
    const going = { ...resource('stack', '1st8', 'other'), state };
    server.use(
      http.get(`${API}/projects/1a7/stacks`, () => collection([going])),
      http.get(`${API}/projects/1a7/stacks/1st8`, () => HttpResponse.json(going)),
      ...rancher,
    );
    await expect(locate({ ...ENV, rancher_stack_name: 'other' })).rejects.toMatchObject({ code: 'PlaceNotFound' });
    await expect(locate({ ...ENV, rancher_stack_id: '1st8' })).rejects.toMatchObject({ code: 'PlaceNotFound' });
  });

  it('says that this container belongs to no stack', async () => {
    const none = () => HttpResponse.json({ message: 'Not found', type: 'error', code: 404 }, { status: 404 });
    server.use(...rancher, http.get(`${META}/self/stack`, none), http.get(`${META}/self/container`, none));
    await expect(locate({})).rejects.toThrow('knows no stack that this container belongs to; set rancher_env_url and rancher_stack_name.');
  });

  it('says which key leads to a metadata service that is not there', async () => {
    server.use(
      ...rancher,
      http.get(`${META}/self/*`, () => HttpResponse.error()),
    );
    await expect(locate({})).rejects.toThrow(
      /metadata service at http:\/\/rancher-metadata\/ can't be asked .*Correct rancher_meta, or set rancher_env_url and rancher_stack_name\.$/,
    );
  });
});
