import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from '@jest/globals';
import pino from 'pino';
import { noteSecret } from '../../../../leaks/watch.js';
import type { Notice } from '../../src/rollouts/notices.js';
import { createNotifier, type Notifier } from '../../src/rollouts/notifier.js';

const SLACK = 'https://hooks.slack.example/services/T000/B000/s3cretPartOfTheAddress';
noteSecret('s3cretPartOfTheAddress');

const notice = (text = 'web in dev: Upgraded. <done> & well'): Notice => ({
  about: 'service',
  level: 'good',
  rollout: 'web-1',
  image: 'acme/web:2.0',
  service: { environment: 'dev', name: 'web', from: ['acme/web:1.0'] },
  phase: 'Upgraded',
  text,
});

let notifier: Notifier | undefined;
let server: Server | undefined;
afterEach(async () => {
  await notifier?.close();
  server?.close();
});

/** Answers in turn, the last for ever; what was posted, and what was logged. */
function site(answers: (number | Error)[]) {
  const posted: { url: string; body: object }[] = [];
  const logged: string[] = [];
  let wake: () => void = () => undefined;
  const post = async (url: string, body: object): Promise<number> => {
    posted.push({ url, body });
    wake();
    const answer = answers.length > 1 ? answers.shift() : answers[0];
    if (typeof answer !== 'number') throw answer;
    return answer;
  };
  const write = (line: string): void => {
    logged.push(line);
    wake();
  };
  const until = async (condition: () => boolean): Promise<void> => {
    while (!condition())
      await new Promise<void>((resolve) => {
        wake = resolve;
      });
  };
  return { post, posted, logged, log: pino({ level: 'debug' }, { write }), until };
}

describe('Slack', () => {
  it('is told in its own form, with what it would read as markup taken for text', async () => {
    const { post, posted, log, until } = site([200]);
    notifier = createNotifier({ slackUrl: SLACK, slackName: 'mooring', log, post });
    notifier.tell(notice());
    await until(() => posted.length === 1);
    const text = 'web in dev: Upgraded. &lt;done&gt; &amp; well';
    expect(posted).toEqual([
      { url: SLACK, body: { username: 'mooring', attachments: [{ color: 'good', fallback: text, title: 'acme/web:2.0', text }] } },
    ]);
  });

  it('is told again where it did not answer, in order, and the address is in no log', async () => {
    const { post, posted, logged, log, until } = site([new Error(`connect to ${SLACK}`), 503, 429, 200, 404]);
    notifier = createNotifier({ slackUrl: SLACK, log, post, retryMs: 1 });
    notifier.tell(notice('first'));
    notifier.tell(notice('second'));
    await until(() => logged.length === 1);
    const texts = posted.map(({ body }) => (body as { attachments: { text: string }[] }).attachments[0]?.text);
    expect(texts).toEqual(['first', 'first', 'first', 'first', 'second']);
    expect(logged.join('')).toContain('could not be delivered');
    expect(logged.join('')).not.toContain('s3cret');
  });
});

it('gives up after some tries, and goes on with the next', async () => {
  const { post, posted, logged, log, until } = site([500]);
  notifier = createNotifier({ webhookUrl: 'http://127.0.0.1:1/', log, post, retryMs: 1 });
  notifier.tell(notice('first'));
  notifier.tell(notice('second'));
  await until(() => logged.length === 2);
  expect(posted).toHaveLength(10);
});

it('drops the oldest where a receiver is down for long, and holds up nobody', async () => {
  const { posted, logged, log } = site([]);
  notifier = createNotifier({ webhookUrl: 'http://127.0.0.1:1/', log, post: () => new Promise<number>(() => undefined) });
  for (let number = 0; number < 1002; number++) notifier.tell(notice(String(number)));
  expect(posted).toEqual([]);
  expect(logged.filter((line) => line.includes('oldest is dropped'))).toHaveLength(1);
  notifier = undefined;
});

it('posts JSON', async () => {
  const listening = createServer();
  server = listening;
  const received = new Promise<{ type: string | undefined; body: string }>((resolve) => {
    listening.on('request', (request, response) => {
      let body = '';
      request.on('data', (chunk) => {
        body += chunk;
      });
      request.on('end', () => {
        response.end();
        resolve({ type: request.headers['content-type'], body });
      });
    });
  });
  await new Promise<void>((resolve) => listening.listen(0, '127.0.0.1', resolve));
  const { port } = listening.address() as AddressInfo;
  notifier = createNotifier({ webhookUrl: `http://127.0.0.1:${port}/hook`, log: site([]).log });
  notifier.tell(notice());
  const { type, body } = await received;
  expect(type).toBe('application/json');
  expect(JSON.parse(body)).toEqual(notice());
});
