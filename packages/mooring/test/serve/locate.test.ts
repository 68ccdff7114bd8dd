import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { RancherClient } from '@mooring/rancher-client';
import { readConfig } from '../../src/config/config.js';
import { locatePlace } from '../../src/serve/locate.js';

/** What is answered at a path; null: the connection breaks. */
type Answers = Record<string, { body: object; status?: number } | null>;

let answers: Answers = {};
const server = createServer(({ url = '' }, response) => {
  const answer = answers[url.split('?')[0] ?? ''];
  if (answer === null) response.destroy();
  else response.writeHead(answer ? (answer.status ?? 200) : 599).end(JSON.stringify(answer?.body ?? {}));
});
const origin = () => `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
beforeAll(() => new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve)));
afterEach(() => {
  answers = {};
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});

const resource = (type: string, id: string, name: string) => ({ id, type, name, state: 'active', links: {}, actions: {} });
const collection = (data: object[]) => ({ body: { type: 'collection', data, pagination: null } });
const absent = { body: { type: 'error', status: 404, code: 'NotFound', message: 'Not Found' }, status: 404 };
const PROJECTS = [resource('project', '1a5', 'Default'), resource('project', '1a7', 'Prod')];
const STACKS = [resource('stack', '1st7', 'narrative'), resource('stack', '1st8', 'other')];

const RANCHER: Answers = {
  '/v2-beta/projects': collection(PROJECTS),
  '/v2-beta/projects/1a7': { body: resource('project', '1a7', 'Prod') },
  '/v2-beta/projects/1a9': absent,
  '/v2-beta/projects/1a7/stacks': collection(STACKS),
  '/v2-beta/projects/1a7/stacks/1st8': { body: resource('stack', '1st8', 'other') },
  '/v2-beta/projects/1a7/stacks/1st9': absent,
};
const metadata = (stack: object): Answers => ({
  '/meta/2016-07-29/self/stack': { body: stack },
  '/meta/2016-07-29/self/container': { body: { name: 'x' } },
});

async function locate(environment: Record<string, string>) {
  const url = `${origin()}/v2-beta`;
  const client = new RancherClient({ url, retries: 0 });
  try {
    const { settings } = readConfig({ rancher_url: url, rancher_meta: `${origin()}/meta`, ...environment }, 'm');
    return await locatePlace(client, settings);
  } finally {
    await client.close();
  }
}

const ENV = { rancher_env_url: 'https://elsewhere.test/v2-beta/projects/1a7' };

describe('the place for sessions', () => {
  it('is that of this container, by the metadata service, names without regard to case', async () => {
    answers = { ...RANCHER, ...metadata({ name: 'Narrative', environment_name: 'PROD' }) };
    expect(await locate({})).toEqual({ projectId: '1a7', stackId: '1st7', stackName: 'narrative' });
  });

  it('is what is configured, and then nobody else is asked', async () => {
    answers = RANCHER;
    expect(await locate({ ...ENV, rancher_stack_id: '8' })).toEqual({ projectId: '1a7', stackId: '1st8', stackName: 'other' });
    expect(await locate({ ...ENV, rancher_stack_name: 'other' })).toEqual({ projectId: '1a7', stackId: '1st8', stackName: 'other' });
  });

  it.each([
    [
      { rancher_env_url: 'https://elsewhere.test/v2-beta/projects/1a9', rancher_stack_id: '1st8' },
      /^There is no environment 1a9 at Rancher; correct rancher_env_url/,
    ],
    [{ ...ENV, rancher_stack_id: '1st9' }, /^There is no stack 1st9 in environment 1a7; correct rancher_stack_id/],
    [{ ...ENV, rancher_stack_name: 'gone' }, /^There is no stack "gone" \(rancher_stack_name\); there are: narrative, other\./],
    [{}, /^The metadata service names the environment "Lab", and the API key sees: Default, Prod\./],
  ])('says what is wrong with %j', async (environment, message) => {
    answers = { ...RANCHER, ...metadata({ name: 'narrative', environment_name: 'Lab' }) };
    await expect(locate(environment)).rejects.toThrow(message);
  });

  it.each(['removing', 'removed'])('is no stack that is %s, by its name or id', async (state) => {
    const going = { ...resource('stack', '1st8', 'other'), state };
    answers = {
      ...RANCHER,
      '/v2-beta/projects/1a7/stacks': collection([going]),
      '/v2-beta/projects/1a7/stacks/1st8': { body: going },
    };
    await expect(locate({ ...ENV, rancher_stack_name: 'other' })).rejects.toMatchObject({ code: 'PlaceNotFound' });
    await expect(locate({ ...ENV, rancher_stack_id: '1st8' })).rejects.toMatchObject({ code: 'PlaceNotFound' });
  });

  it('says that this container belongs to no stack', async () => {
    const none = { body: { message: 'Not found', type: 'error', code: 404 }, status: 404 };
    answers = { ...RANCHER, '/meta/2016-07-29/self/stack': none, '/meta/2016-07-29/self/container': none };
    await expect(locate({})).rejects.toThrow('knows no stack that this container belongs to; set rancher_env_url and rancher_stack_name.');
  });

  it('says which key leads to a metadata service that is not there', async () => {
    answers = { ...RANCHER, '/meta/2016-07-29/self/stack': null, '/meta/2016-07-29/self/container': null };
    await expect(locate({})).rejects.toThrow(
      /metadata service at http:\/\/127.0.0.1:\d+\/meta can't be asked .*Correct rancher_meta, or set rancher_env_url and rancher_stack_name\.$/,
    );
  });
});
