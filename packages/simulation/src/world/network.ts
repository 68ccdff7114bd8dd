import type { EmbeddedRancher } from '@mooring/local-rancher';
import type { Random } from '../determinism/random.js';
import type { Call, CallFault } from '../schedule/events.js';
import type { Faults } from './faults.js';
import type { Life } from './life.js';
import { ListAnswers } from './list-answers.js';
import type { SeenCall } from './seen-call.js';

export interface NetworkOptions {
  rancher: EmbeddedRancher;
  faults: Faults;
  random: Random;
  /** Told of each call when it is made: what the caller has decided. */
  onCall: (seen: SeenCall) => void;
}

interface Reply {
  status: number;
  text: string;
}

const HTML = '<html><body><h1>502 Bad Gateway</h1></body></html>';
/** The client gives up before. */
const TOO_LATE_MS = 90_000;
const SLOW_MS = 20_000;

const never = <T>(): Promise<T> => new Promise(() => undefined);
const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
const coded = (code: string, syscall?: string): Error => Object.assign(new Error(code), { cause: { code, syscall } });

/** All that is between a process and Rancher: it stands in for `fetch`. */
export class Network {
  readonly #lives = new Map<string, Life>();
  readonly #lists: ListAnswers;
  readonly #fetch = globalThis.fetch;

  constructor(private readonly options: NetworkOptions) {
    this.#lists = new ListAnswers(options.rancher, options.faults, options.random);
    globalThis.fetch = ((url: string, init: RequestInit) => this.#call(new URL(url), init)) as typeof fetch;
  }

  /** Rancher's address for one process. */
  addressFor(name: string, life: Life): string {
    this.#lives.set(name, life);
    return `http://${name}.rancher/v2-beta`;
  }

  close(): void {
    globalThis.fetch = this.#fetch;
  }

  async #call(url: URL, init: RequestInit): Promise<Response> {
    const life = this.#lives.get(url.hostname.split('.')[0] ?? '');
    if (!life) throw coded('ENOTFOUND');
    return life.call(() => abortable(this.#exchange(url, init), init.signal ?? undefined));
  }

  async #exchange(url: URL, { method = 'GET', body }: RequestInit): Promise<Response> {
    const call = callOf(method, url);
    const seen = { call, method, path: url.pathname, query: url.searchParams, body: typeof body === 'string' ? body : undefined };
    this.options.onCall(seen);
    const fault = this.options.faults.meet(call);
    await pause(fault === 'slow' ? SLOW_MS / 2 : this.options.random.int(1, 12));
    const early = withoutAct(fault);
    if (early) return responseOf(early);
    if (fault === 'hang') return never();
    if (fault === 'late-act') await pause(TOO_LATE_MS);
    const reply = this.#lists.answer(seen) ?? this.options.rancher.ask({ method, path: url.pathname + url.search, body: seen.body });
    if (fault === 'hang-after-act') return never();
    await pause(fault === 'slow' ? SLOW_MS / 2 : this.options.random.int(1, 12));
    if (fault === 'lost-answer') throw coded('ECONNRESET');
    return responseOf(reply);
  }
}

/** Faults in which Rancher does nothing. */
function withoutAct(fault: CallFault | undefined): Reply | undefined {
  switch (fault) {
    case 'refused':
      throw coded('ECONNREFUSED', 'connect');
    case 'reset':
      throw coded('ECONNRESET');
    case 'html':
      return { status: 502, text: HTML };
    case 'error-500':
      return refusal(500, 'Internal Server Error');
    case 'unauthorized':
      return refusal(401, 'Unauthorized');
    default:
      return undefined;
  }
}

const refusal = (status: number, code: string): Reply => ({
  status,
  text: JSON.stringify({ type: 'error', status, code, message: null, detail: null }),
});

function callOf(method: string, url: URL): Call {
  const isItem = /\/(services|containers|hosts|stacks)\/[^/]+$/.test(url.pathname);
  if (method === 'PUT') return 'update';
  if (method === 'DELETE') return 'remove';
  if (method === 'POST') return isItem ? 'action' : 'create';
  if (isItem) return 'get';
  return url.searchParams.has('name') ? 'list-by-name' : 'list';
}

/** Whoever gives up hears of it at once; what is under way goes on. */
function abortable<T>(work: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (!signal) return work;
  return new Promise((resolve, reject) => {
    const giveUp = (): void => reject(signal.reason);
    signal.addEventListener('abort', giveUp, { once: true });
    if (signal.aborted) giveUp();
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', giveUp));
  });
}

/** As much of a Response as the client reads, without its streams' own turns of the event loop. */
function responseOf({ status, text }: Reply): Response {
  let left: Uint8Array | undefined = Buffer.from(text);
  const read = async () => {
    const value = left;
    left = undefined;
    return value ? { done: false, value } : { done: true, value: undefined };
  };
  const body = { getReader: () => ({ read, cancel: async () => undefined }) };
  return { status, headers: { get: () => null }, body } as unknown as Response;
}
