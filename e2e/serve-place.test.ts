import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { KEY } from './support/data-centre.js';
import { Operator, PAGE } from './support/operator.js';
import { ask } from './support/person.js';
import type { RunningServe } from './support/serve.js';
import { until } from './support/until.js';

/** Where sessions are created: found as narrative-traefiker finds it, and told with its cure where it can't be. */
describe('mooring serve, looking for its place at Rancher', () => {
  let operator: Operator;
  let serve: RunningServe | undefined;
  beforeAll(async () => {
    operator = await Operator.open();
  }, 30_000);
  afterEach(async () => {
    await serve?.dispose();
  }, 20_000);
  afterAll(() => operator?.close(), 20_000);

  /** A line comes a moment after what it tells of. */
  const logged = (text: string) => until(() => serve?.stdout().includes(text), { what: () => text });

  /** Nothing listens there. */
  const NO_METADATA = { rancher_meta: 'http://127.0.0.1:9/' };
  const environmentUrl = (id: string): string => `https://rancher.example.org/v2-beta/projects/${id}`;

  it.each([
    ["by the stack's name", { ...NO_METADATA, rancher_env_url: environmentUrl('1a5'), rancher_stack_name: 'Mooring' }],
    ['by metadata for the environment, and the name of the stack', { rancher_stack_name: 'mooring' }],
  ])('finds it %s', async (_how, changes) => {
    serve = await operator.serve(changes);
    await serve.ready();
    await logged(`"projectId":"1a5","stackId":"${operator.centre.stackId}"`);
  });

  it('finds it by ids, the keys in capitals', async () => {
    serve = await operator.serve({
      ...NO_METADATA,
      RANCHER_ENV_URL: environmentUrl('1a5'),
      RANCHER_STACK_ID: operator.centre.stackId.replace('1st', ''),
    });
    await serve.ready();
    await logged(`"projectId":"1a5","stackId":"${operator.centre.stackId}"`);
  });

  it.each([
    ['a key that Rancher does not know', { rancher_password: 'wrong' }, /401.*Correct rancher_user and rancher_password/],
    ['no key', { rancher_user: undefined, rancher_password: undefined }, /401.*Set rancher_user and rancher_password/],
    ['a stack that is not there', { rancher_stack_name: 'narrative' }, /no stack "narrative" \(rancher_stack_name\); there are: .*mooring/],
    ['an id of no stack', { rancher_stack_id: '999' }, /no stack 1st999 in environment 1a5; correct rancher_stack_id/],
    [
      'an environment that is not there',
      { rancher_env_url: environmentUrl('1a999') },
      /no environment 1a999 at Rancher; correct rancher_env_url/,
    ],
    ['metadata that is not there', NO_METADATA, /rancher_meta, or set rancher_env_url and rancher_stack_name/],
    ["an address that is not Rancher's", { rancher_url: 'http://127.0.0.1:9/v2-beta' }, /127\.0\.0\.1:9.*rancher_url/],
  ])('tells the cure of %s, while the front is up', async (_what, changes: Record<string, string | undefined>, cure) => {
    serve = await operator.serve(changes);
    const told = await until(async () => {
      const { status, checks } = await (serve as RunningServe).readyz();
      return cure.test(checks.rancher?.message ?? '') && { status, ok: checks.rancher?.ok };
    });
    expect(told).toEqual({ status: 503, ok: false });
    await until(() => cure.test((serve as RunningServe).stdout().replaceAll('\\"', '"')));
    expect(serve.stdout()).not.toContain(KEY.secret);
    expect((await ask(serve.internal, '/healthz')).status).toBe(200);
    const person = operator.signedIn('ada');
    const page = await ask(serve.front, '/narrative/', {
      headers: { ...PAGE, cookie: `kbase_session=${person.cookies.get('kbase_session')}` },
    });
    expect(page.status).toBe(201);
    expect((await serve.end('SIGTERM')).code).toBe(0);
  });

  it('records no wish before the version of the image is known, and says so', async () => {
    operator.site.version = undefined;
    try {
      serve = await operator.serve();
      await serve.ready();
      const cookie = `kbase_session=${operator.signedIn('ada').cookies.get('kbase_session')}`;
      const refused = await ask(serve.front, '/narrative/', { headers: { accept: 'application/json', cookie } });
      expect([refused.status, refused.headers['retry-after'], refused.json().code]).toEqual([503, '2', 'version-unknown']);
      expect(await operator.centre.services()).toEqual([]);
    } finally {
      operator.site.version = '3.14.1';
    }
  });

  it('notices that the stack was removed and made again, and creates there what went with it', async () => {
    const { centre } = operator;
    serve = await operator.serve({ rancher_stack_name: 'mooring', num_prespawn: '0' });
    await serve.ready();
    const cookie = `kbase_session=${operator.signedIn('grace').cookies.get('kbase_session')}`;
    await ask(serve.front, '/narrative/', { headers: { ...PAGE, cookie } });
    const stacksOfGrace = async () =>
      (await centre.services())
        .filter(({ name, state }) => name.startsWith('narrative-grace-') && state === 'active')
        .map(({ stackId }) => stackId);
    await until(async () => (await stacksOfGrace()).length === 1);
    await centre.removeStack(centre.stackId);
    await until(async () => /There is no stack/.test((await (serve as RunningServe).readyz()).checks.place?.message ?? ''));
    const stack = await centre.createStack();
    await until(async () => (await stacksOfGrace())[0] === stack, { withinMs: 30_000 });
    await serve.ready();
    expect(await stacksOfGrace()).toEqual([stack]);
    await logged('the place for sessions is another one now');
  }, 90_000);

  it('names every wrong key at once and does not start', async () => {
    const failing = operator.serve({ image_tag: '  ', image_name: 'kbase/narrative:1', auth2: undefined, rancher_password: undefined });
    await expect(failing).rejects.toThrow(
      /ended with 2:[\s\S]*image_name=[\s\S]*image_tag=[\s\S]*rancher_password: is missing[\s\S]*auth2: is missing/,
    );
  });
});
