import type { IncomingMessage } from 'node:http';
import type { Logger } from 'pino';
import type { WebSocket } from 'ws';
import { ApiError, notFound, unauthorized } from '../api/errors.js';
import { refusalOf } from '../guard.js';
import { formatId } from '../model/ids.js';
import type { ContainerRecord } from '../model/records.js';
import type { Runtime } from '../runtime/runtime.js';
import type { Store } from '../store/store.js';
import { framesOf } from './exec-output.js';
import type { StreamAccess } from './stream-access.js';
import type { Claims } from './token.js';

interface StreamOptions {
  store: Store;
  runtime: Runtime;
  streams: StreamAccess;
  logger: Logger;
}

/** What each address is for, by the stream that a token must be of. */
const PATHS: Readonly<Record<string, string>> = {
  '/v1/logs': 'logs',
  '/v1/exec': 'exec',
  '/v1/hoststats': 'hoststats',
  '/v1/hoststats/project': 'hoststats',
  '/v1/containerstats': 'containerstats',
};

const STATS_MS = 1000;
/** What Rancher's own page sends when its window changes: `:resizeTTY:80,24`. */
const RESIZE = ':resizeTTY:';
/** Whoever doesn't read is cut off. */
const MAX_BUFFERED = 8 * 1024 * 1024;

type Serve = (socket: WebSocket) => void;

/** The websockets behind the addresses that logs, execute and the statistics answer. */
export class Streams {
  readonly #options: StreamOptions;

  constructor(options: StreamOptions) {
    this.#options = options;
  }

  /**
   * What serves a request, undefined where its address is none of a stream's.
   * @throws ApiError 401 without a valid token, 403 for a web page, 404 where the container is gone
   */
  find(request: IncomingMessage): Serve | undefined {
    const url = new URL(request.url ?? '/', 'http://127.0.0.1');
    const stream = PATHS[url.pathname.replace(/\/$/, '')];
    if (stream === undefined) return undefined;
    const refusal = refusalOf(request.headers);
    if (refusal !== undefined) throw new ApiError(403, 'Forbidden', { message: refusal });
    const claims = this.#options.streams.claimsOf(url.searchParams.get('token') ?? '');
    if (claims?.stream !== stream) throw unauthorized();
    if (stream === 'logs') return this.#logs(claims, this.#containerOf(claims));
    return stream === 'exec' ? this.#shell(claims, this.#containerOf(claims)) : this.#stats();
  }

  #containerOf({ container: id }: Claims): ContainerRecord {
    const container = this.#options.store.containers.get(id ?? 0);
    if (!container || container.state === 'removed') throw notFound();
    return container;
  }

  /** Text frames, `01 ` before each line: Docker's mark of stdout; here both outputs are one. */
  #logs({ lines = 100, follow = true }: Claims, { uuid }: ContainerRecord): Serve {
    return (socket) => {
      const stop = new AbortController();
      socket.once('close', () => stop.abort());
      const onLine = (line: string): void => send(socket, `01 ${line}`);
      this.#options.runtime
        .readLog(uuid, { lines, follow, signal: stop.signal, onLine })
        .catch((err: unknown) => this.#options.logger.warn({ err }, 'a log could not be read'))
        .finally(() => socket.close(1000));
    };
  }

  /** Base64 frames both ways, as Rancher's; one that tells the terminal's size is none. */
  #shell({ command = ['/bin/sh'], tty = true }: Claims, { uuid }: ContainerRecord): Serve {
    const { runtime } = this.#options;
    if (!runtime.isRunning(uuid)) throw notFound();
    return (socket) => {
      const shell = runtime.openShell(uuid, {
        command,
        tty,
        onOutput: (stream, data) => {
          for (const frame of framesOf(stream, data, tty)) send(socket, frame);
        },
        onEnd: () => socket.close(1000),
      });
      shell.catch((err: unknown) => {
        this.#options.logger.warn({ err }, 'a command could not be run in a container');
        socket.close(1000);
      });
      socket.on('message', (data) => {
        if (!String(data).startsWith(RESIZE)) shell.then((open) => open.write(Buffer.from(String(data), 'base64'))).catch(() => undefined);
      });
      socket.once('close', () => shell.then((open) => open.kill()).catch(() => undefined));
    };
  }

  /** What each container uses, once a second. */
  #stats(): Serve {
    return (socket) => {
      const tell = async (): Promise<void> => send(socket, JSON.stringify(await this.#usages()));
      const timer = setInterval(() => {
        tell().catch((err: unknown) => this.#options.logger.warn({ err }, 'what containers use could not be told'));
      }, STATS_MS);
      socket.once('close', () => clearInterval(timer));
    };
  }

  async #usages(): Promise<unknown[]> {
    const { store, runtime } = this.#options;
    const timestamp = new Date().toISOString();
    const running = store.containers.all().filter(({ state }) => state === 'running');
    return Promise.all(
      running.map(async ({ id, uuid }) => {
        const usage = await runtime.usageOf(uuid);
        return { id: formatId('container', id), resourceType: 'container', timestamp, ...usage };
      }),
    );
  }
}

const send = (socket: WebSocket, text: string): void => {
  if (socket.readyState !== socket.OPEN) return;
  if (socket.bufferedAmount > MAX_BUFFERED) socket.terminate();
  else socket.send(text);
};
