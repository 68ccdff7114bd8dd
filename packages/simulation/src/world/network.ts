import type { EmbeddedRancher } from '@mooring/local-rancher';
import type { Requester } from '@mooring/rancher-client';
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

type Request = Parameters<Requester['request']>[0];
type Response = Awaited<ReturnType<Requester['request']>>;

/** All that is between a process and Rancher: it stands in for the client's connections. */
export class Network {
  readonly #lists: ListAnswers;

  constructor(private readonly options: NetworkOptions) {
    this.#lists = new ListAnswers(options.rancher, options.faults, options.random);
  }

  /** What one process reaches Rancher by. */
  requesterFor(life: Life): Requester {
    return { request: (request) => life.call(() => abortable(this.#exchange(request), request.signal)) };
  }

  async #exchange({ method, path, body }: Request): Promise<Response> {
    const seen = seenCall(method, path, body);
    this.options.onCall(seen);
    const fault = this.options.faults.meet(seen.call);
    await pause(fault === 'slow' ? SLOW_MS / 2 : this.options.random.int(1, 12));
    const early = withoutAct(fault);
    if (early) return responseOf(early);
    if (fault === 'hang') return never();
    if (fault === 'late-act') await pause(TOO_LATE_MS);
    const reply = this.#lists.answer(seen) ?? this.options.rancher.ask({ method, path, body: seen.body });
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

function seenCall(method: string, path: string, body: string | null): SeenCall {
  const [pathname = '', search = ''] = path.split('?');
  const query = new URLSearchParams(search);
  return { call: callOf(method, pathname, query), method, path: pathname, query, body: body ?? undefined };
}

function callOf(method: string, path: string, query: URLSearchParams): Call {
  const isItem = /\/(services|containers|hosts|stacks)\/[^/]+$/.test(path);
  if (method === 'PUT') return 'update';
  if (method === 'DELETE') return 'remove';
  if (method === 'POST') return isItem ? 'action' : 'create';
  if (isItem) return 'get';
  return query.has('name') ? 'list-by-name' : 'list';
}

/** Whoever gives up hears of it at once; what is under way goes on. */
function abortable<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const giveUp = (): void => reject(signal.reason);
    signal.addEventListener('abort', giveUp, { once: true });
    if (signal.aborted) giveUp();
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', giveUp));
  });
}

const responseOf = (reply: Reply): Response => ({ ...reply, location: null });
