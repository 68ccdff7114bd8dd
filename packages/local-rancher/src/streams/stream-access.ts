import { randomBytes } from 'node:crypto';
import { hostApiProxyDisabled } from '../api/errors.js';
import type { Scope } from '../api/render/links.js';
import type { ContainerRecord } from '../model/records.js';
import { type Claims, readToken, signToken } from './token.js';

type Body = Record<string, unknown>;
type Input = Readonly<Record<string, unknown>>;

/** How long a token opens its stream, in seconds (README 14). */
const STREAM_S = 300;
const PROXY_S = 16 * 3600;
const DEFAULT_LINES = 100;

const toInt = (value: unknown, otherwise: number): number =>
  Number.isSafeInteger(Number(value ?? otherwise)) ? Number(value ?? otherwise) : otherwise;

type Order = Omit<Claims, 'exp' | 'container'>;

/** What each action's token allows, and where it is taken to. */
const ORDERS: Readonly<Record<string, { path: string; order: (input: Input) => Order }>> = {
  logs: {
    path: 'logs/',
    order: ({ lines, follow }) => ({ stream: 'logs', lines: toInt(lines, DEFAULT_LINES), follow: follow !== false }),
  },
  execute: {
    path: 'exec/',
    order: ({ command, tty }) => ({
      stream: 'exec',
      command: Array.isArray(command) ? command.map(String) : [String(command)],
      tty: tty !== false,
    }),
  },
  proxy: { path: 'container-proxy/', order: ({ port }) => ({ stream: 'proxy', port: toInt(port, 80) }) },
};

/** Hands out addresses and tokens of streams: logs, shells, the container proxy and statistics (recordings 05-20 to 05-25b). */
export class StreamAccess {
  readonly #isEnabled: boolean;
  /** A restart makes all tokens void. */
  readonly #key = randomBytes(32);

  /** @param isEnabled Rancher's host.api.proxy.mode; without it all is 501 (recordings 05-07 to 05-09d). */
  constructor(isEnabled: boolean) {
    this.#isEnabled = isEnabled;
  }

  /** What `logs`, `execute` and `proxy` answer; undefined for other actions. @throws ApiError 501 */
  actionOf(action: string, container: ContainerRecord, input: Input, scope: Scope): Body | undefined {
    const entry = Object.hasOwn(ORDERS, action) ? ORDERS[action] : undefined;
    if (!entry) return undefined;
    const order = entry.order(input);
    const token = this.#token({ ...order, container: container.id }, order.stream === 'proxy' ? PROXY_S : STREAM_S);
    const protocol = order.stream === 'proxy' ? 'http' : 'ws';
    return { ...access('hostAccess'), token, url: this.#address(scope, protocol, entry.path) };
  }

  /** Statistics of a service's containers: a token without an address, also while the proxy is off (recordings 05-09b, 05-24). */
  serviceStats(): Body {
    return { ...access('statsAccess'), token: this.#sign({ stream: 'containerstats' }, STREAM_S), url: null };
  }

  /** @throws ApiError 501 */
  hostStats(scope: Scope, path: 'hoststats' | 'hoststats/project/' | 'containerstats'): Body {
    const stream = path === 'containerstats' ? path : 'hoststats';
    return { ...access('statsAccess'), token: this.#token({ stream }, STREAM_S), url: this.#address(scope, 'ws', path) };
  }

  claimsOf(token: string): Claims | undefined {
    return readToken(token, this.#key, Date.now());
  }

  #token(claims: Omit<Claims, 'exp'>, seconds: number): string {
    if (!this.#isEnabled) throw hostApiProxyDisabled();
    return this.#sign(claims, seconds);
  }

  #sign(claims: Omit<Claims, 'exp'>, seconds: number): string {
    return signToken({ ...claims, exp: Math.floor(Date.now() / 1000) + seconds }, this.#key);
  }

  #address({ base }: Scope, protocol: 'ws' | 'http', path: string): string {
    const { host, protocol: from } = new URL(base);
    return `${protocol}${from === 'https:' ? 's' : ''}://${host}/v1/${path}`;
  }
}

const access = (type: string): Body => ({ id: null, type, links: {}, actions: {}, baseType: type });
