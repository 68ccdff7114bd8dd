import { connect } from 'node:net';
import { Agent, request } from 'undici';

export interface ProbeTarget {
  /** The origin to ask. */
  origin: string;
  path: string;
  headers?: Record<string, string>;
  /** For the whole of it, in ms; the asker's own where it is missing. */
  deadlineMs?: number | undefined;
}

/** A TCP port to connect to. */
export interface ConnectTarget {
  host: string;
  port: number;
  deadlineMs?: number | undefined;
}

/** What an HTTP server answered, or why it didn't. Header names in lower case. */
export type ProbeAnswer = { status: number; headers: Record<string, string | string[] | undefined>; text: string } | { error: string };

export interface ProbeLimits {
  /** For the whole of it, in ms. */
  deadlineMs: number;
  /** Of the answer's body; what is beyond is not read. */
  textBytes: number;
}

/** The text is more than Traefik's own 404 needs. */
const LIMITS: ProbeLimits = { deadlineMs: 2000, textBytes: 64 };

/** Asks over HTTP. */
export interface Asker {
  ask(target: ProbeTarget): Promise<ProbeAnswer>;
  /** Whether a port takes a connection, or why not. */
  connect?(target: ConnectTarget): Promise<{ error?: string }>;
  close(): Promise<void>;
}

/** Asks once, with a connection of its own that is closed at once: an open one would look like somebody's activity. */
export class Prober implements Asker {
  readonly #agent: Agent;

  constructor(private readonly limits: ProbeLimits = LIMITS) {
    const { deadlineMs } = limits;
    this.#agent = new Agent({ connect: { timeout: deadlineMs }, headersTimeout: deadlineMs, bodyTimeout: deadlineMs });
  }

  async ask({ origin, path, headers, deadlineMs = this.limits.deadlineMs }: ProbeTarget): Promise<ProbeAnswer> {
    try {
      const answer = await request(`${origin}${path}`, {
        dispatcher: this.#agent,
        reset: true,
        headers: { accept: '*/*', 'user-agent': 'mooring-probe', ...headers },
        headersTimeout: deadlineMs,
        bodyTimeout: deadlineMs,
        signal: AbortSignal.timeout(deadlineMs),
      });
      const text = await firstBytes(answer.body, this.limits.textBytes);
      return { status: answer.statusCode, headers: answer.headers, text };
    } catch (error) {
      return { error: reasonOf(error, deadlineMs) };
    }
  }

  connect({ host, port, deadlineMs = this.limits.deadlineMs }: ConnectTarget): Promise<{ error?: string }> {
    return new Promise((resolve) => {
      const socket = connect({ host, port, timeout: deadlineMs });
      const end = (result: { error?: string }): void => {
        socket.destroy();
        resolve(result);
      };
      socket.once('connect', () => end({}));
      socket.once('timeout', () => end({ error: `no connection within ${deadlineMs / 1000} s` }));
      socket.once('error', (error) => end({ error: reasonOf(error, deadlineMs) }));
    });
  }

  async close(): Promise<void> {
    await this.#agent.destroy();
  }
}

async function firstBytes(body: AsyncIterable<Buffer>, limit: number): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of body) {
    chunks.push(chunk);
    size += chunk.length;
    if (size >= limit) break;
  }
  return Buffer.concat(chunks).subarray(0, limit).toString('latin1');
}

function reasonOf(error: unknown, deadlineMs: number): string {
  if (!(error instanceof Error)) return String(error);
  const code = (error as NodeJS.ErrnoException).code;
  return error.name === 'TimeoutError' ? `no answer within ${deadlineMs / 1000} s` : (code ?? error.message);
}
