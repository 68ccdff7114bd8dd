import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from 'pino';
import { request } from 'undici';
import type { Notice } from './notices.js';

export interface NotifierOptions {
  /** Slack's incoming webhook; whoever has the address may write there, so it is a secret. */
  slackUrl?: string | undefined;
  /** The name under which Slack shows it. */
  slackName?: string | undefined;
  /** Gets each notice as it is, as JSON. */
  webhookUrl?: string | undefined;
  log: Logger;
  /** Answers the status; by default over the network, within ten seconds. */
  post?: (url: string, body: object) => Promise<number>;
  /** Before the second try, in ms; doubled for each one after it. */
  retryMs?: number;
}

export interface Notifier {
  /** Returns at once; what can't be delivered after some tries is logged and dropped. */
  tell(notice: Notice): void;
  /** What is not delivered by now is dropped. */
  close(): Promise<void>;
}

const TRIES = 5;
const RETRY_MS = 1000;
/** Of each receiver; a receiver that is down for long loses the oldest. */
const MAX_WAITING = 1000;
const DEADLINE_MS = 10_000;

export function createNotifier(options: NotifierOptions): Notifier {
  const { slackUrl, slackName, webhookUrl } = options;
  const stop = new AbortController();
  const receivers = [
    ...(slackUrl === undefined ? [] : [{ name: 'Slack', url: slackUrl, format: (notice: Notice) => slackMessage(notice, slackName) }]),
    ...(webhookUrl === undefined ? [] : [{ name: 'webhook', url: webhookUrl, format: (notice: Notice) => notice }]),
  ].map((to) => new Receiver(to, options, stop.signal));
  return {
    tell: (notice) => {
      for (const receiver of receivers) receiver.add(notice);
    },
    close: async () => {
      stop.abort();
      await Promise.all(receivers.map((receiver) => receiver.idle()));
    },
  };
}

const slackMessage = ({ level, text, image }: Notice, username: string | undefined): object => ({
  ...(username !== undefined && { username }),
  attachments: [{ color: level, fallback: escaped(text), title: escaped(image), text: escaped(text) }],
});

/** Slack's own three characters (its "Formatting text for app surfaces"). */
const escaped = (text: string): string => text.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;');

/** One after another, so that they come in order. */
class Receiver {
  readonly #waiting: Notice[] = [];
  #running: Promise<void> | undefined;

  constructor(
    private readonly to: { name: string; url: string; format: (notice: Notice) => object },
    private readonly options: NotifierOptions,
    private readonly signal: AbortSignal,
  ) {}

  add(notice: Notice): void {
    if (this.signal.aborted) return;
    if (this.#waiting.length >= MAX_WAITING) {
      this.#waiting.shift();
      this.options.log.warn({ receiver: this.to.name }, 'too many notices wait for their receiver: the oldest is dropped');
    }
    this.#waiting.push(notice);
    this.#running ??= this.#run();
  }

  async idle(): Promise<void> {
    await this.#running;
  }

  async #run(): Promise<void> {
    for (let next = this.#waiting.shift(); next !== undefined && !this.signal.aborted; next = this.#waiting.shift())
      await this.#deliver(next);
    this.#running = undefined;
  }

  async #deliver(notice: Notice): Promise<void> {
    const { retryMs = RETRY_MS, log, post = postJson } = this.options;
    let problem = '';
    for (let attempt = 0; attempt < TRIES && !this.signal.aborted; attempt++) {
      if (attempt > 0) await sleep(retryMs * 2 ** (attempt - 1), undefined, { signal: this.signal }).catch(() => undefined);
      const status = await post(this.to.url, this.to.format(notice)).catch((error: unknown) => errorCode(error));
      if (typeof status === 'number' && status < 300) return;
      problem = String(status);
      // What is refused as it is stays refused.
      if (typeof status === 'number' && status < 500 && status !== 429) break;
    }
    log.warn({ receiver: this.to.name, problem, rollout: notice.rollout }, 'a notice could not be delivered');
  }
}

/** Never the message: it may quote the address. */
const errorCode = (error: unknown): string => {
  const { code, name } = error as { code?: unknown; name?: unknown };
  return typeof code === 'string' ? code : String(name ?? 'Error');
};

async function postJson(url: string, body: object): Promise<number> {
  const answer = await request(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'user-agent': 'mooring' },
    body: JSON.stringify(body),
    signal: AbortSignal.timeout(DEADLINE_MS),
  });
  await answer.body.dump();
  return answer.statusCode;
}
