import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { type ObjectCache, openCache, openStore, type SessionTemplate, type Store } from '@mooring/resources';
import { TemplateReconciler } from '../../src/templates/reconciler.js';
import { FakeClock } from '../runtime/fake-clock.js';

const NAME = 'narrative';

describe('TemplateReconciler', () => {
  let store: Store;
  let templates: ObjectCache<'SessionTemplate'>;
  let reconciler: TemplateReconciler;
  let server: Server;
  let answer: RequestListener;

  beforeEach(async () => {
    store = await openStore({ path: ':memory:' });
    templates = openCache(store, 'SessionTemplate');
    reconciler = new TemplateReconciler({ store, templates, clock: new FakeClock() });
    server = createServer((request, response) => answer(request, response));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  });
  afterEach(async () => {
    await reconciler.close();
    await store.close();
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });

  const url = (credentials = '') => `http://${credentials}127.0.0.1:${(server.address() as AddressInfo).port}/version?token=hunter2`;

  async function reconcile(image: SessionTemplate['spec']['image']) {
    const { metadata } = await store.create('SessionTemplate', {
      metadata: { name: NAME },
      spec: { image, launch: {}, route: { type: 'cookie' } },
    });
    await templates.waitFor(NAME, ({ metadata: { uid } }) => uid === metadata.uid);
    const result = await reconciler.reconcile(NAME);
    const status = (await store.get('SessionTemplate', NAME))?.status;
    return { result, image: status?.image, condition: status?.conditions[0] };
  }

  it('takes a tag as it is, and never comes again by itself', async () => {
    expect(await reconcile({ name: 'kbase/narrative', tag: '1.0' })).toMatchObject({
      result: undefined,
      image: 'kbase/narrative:1.0',
      condition: { type: 'Resolved', status: 'True' },
    });
  });

  it('asks the URL, query and all, and asks again later', async () => {
    answer = (request, response) => response.end(request.url === '/version?token=hunter2' ? '{"version": "1.2.3"}' : '{}');
    expect(await reconcile({ name: 'kbase/narrative', versionUrl: url() })).toMatchObject({
      result: undefined,
      image: 'kbase/narrative:1.2.3',
    });
  });

  const wrong: [string, RequestListener, RegExp][] = [
    ['an error', (_, response) => response.writeHead(500).end('{"version": "1"}'), /answers 500/],
    ['a redirect', (_, response) => response.writeHead(302, { location: '/' }).end(), /answers 302/],
    ['a page', (_, response) => response.end('<html>'), /does not answer \{"version"/],
    ['no image tag', (_, response) => response.end('{"version": "1 2"}'), /does not answer \{"version"/],
    ['an endless answer', (_, response) => void response.write('x'.repeat(1_000_000)), /does not answer \{"version"/],
    ['a connection that breaks', (request) => request.socket.destroy(), /gives no answer/],
  ];
  it.each(wrong)('says what is wrong with %s, and no secret of the URL', async (_name, listener, message) => {
    answer = listener;
    const { result, image, condition } = await reconcile({ name: 'kbase/narrative', versionUrl: url('me:hunter2@') });
    expect([result, image]).toEqual([undefined, undefined]);
    expect(condition).toMatchObject({ status: 'False', reason: 'NoVersion', message: expect.stringMatching(message) });
    expect(condition?.message).not.toContain('hunter2');
  });

  it('keeps what was known while the URL gives no answer', async () => {
    answer = (_, response) => response.end('{"version": "1.2.3"}');
    await reconcile({ name: 'kbase/narrative', versionUrl: url() });
    await templates.waitFor(NAME, ({ status }) => status.image !== undefined);
    answer = (_, response) => response.writeHead(503).end();
    await reconciler.reconcile(NAME);
    expect((await store.get('SessionTemplate', NAME))?.status).toMatchObject({
      image: 'kbase/narrative:1.2.3',
      conditions: [{ type: 'Resolved', status: 'False' }],
    });
  });
});
