import { get, type IncomingMessage, request } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Operator } from './support/operator.js';
import { ask } from './support/person.js';
import type { RunningServe } from './support/serve.js';
import { until } from './support/until.js';

const DRAIN_SECONDS = 2;

/** What people and load balancers see of a stop. */
describe('mooring serve, being stopped', () => {
  let operator: Operator;
  let serve: RunningServe;
  beforeAll(async () => {
    operator = await Operator.open();
    serve = await operator.serve({ MOORING_DRAIN_SECONDS: String(DRAIN_SECONDS) });
    await serve.ready();
  }, 60_000);
  afterAll(async () => operator?.close(), 30_000);

  it('says first that it is not ready, serves on, ends what is under way, tells those who follow, and goes', async () => {
    operator.signedIn('ada');
    const cookie = 'kbase_session=TOKEN-OF-ADA';
    const { name } = (await ask(serve.front, '/narrative/', { headers: { accept: 'application/json', cookie } })).json();
    const happened: string[] = [];

    let events = '';
    const stream = await new Promise<IncomingMessage>((resolve) =>
      get(`${serve.front}/narrative_session/${name}/events`, { headers: { cookie } }, resolve),
    );
    stream.setEncoding('utf8').on('data', (text: string) => {
      events += text;
    });
    stream.once('end', () => happened.push('events end'));
    await until(() => events.includes('event: status'));

    const ended = serve.end('SIGTERM');
    await until(async () => (await serve.readyz()).status === 503);
    happened.push('not ready');
    expect((await serve.readyz()).checks.stopping).toEqual({ ok: false, message: 'it is being stopped' });

    // Who comes before a load balancer has seen it is served.
    expect((await ask(serve.front, '/narrative/', { headers: { accept: 'application/json', cookie } })).status).toBeLessThan(300);
    happened.push('served');
    // Its sign-in is looked up when all else is being stopped.
    operator.site.auth2 = 'slow';
    operator.signedIn('bob');
    const underWay = request(`${serve.front}/narrative/`, {
      headers: { accept: 'application/json', cookie: 'kbase_session=TOKEN-OF-BOB' },
    });
    const answered = new Promise<number>((resolve, reject) => {
      underWay.once('response', (answer) => {
        happened.push('answered');
        resolve(answer.resume().statusCode ?? 0);
      });
      underWay.once('error', reject);
    });
    underWay.end();
    await until(() => happened.includes('events end'));
    operator.site.answerWaiting();
    expect(await answered).toBe(202);
    expect((await ended).code).toBe(0);
    expect(happened).toEqual(['not ready', 'served', 'events end', 'answered']);
    expect(events).toMatch(/retry: [1-4]\d{3}\nevent: stopping\ndata: \{\}\n\n$/);
    await expect(ask(serve.front, '/narrative/')).rejects.toThrow();
  }, 40_000);
});
