import { Agent, request } from 'undici';

export interface ProbeTarget {
  /** The origin to ask. */
  origin: string;
  path: string;
  headers?: Record<string, string>;
}

/** What an HTTP server answered, or why it didn't. Header names in lower case. */
export type ProbeAnswer = { status: number; headers: Record<string, string | string[] | undefined>; text: string } | { error: string };

const DEADLINE_MS = 2000;
/** More than Traefik's own 404 needs. */
const TEXT_BYTES = 64;

/** Asks once, with a connection of its own that is closed at once: an open one would look like somebody's activity. */
export class Prober {
  readonly #agent = new Agent({ connect: { timeout: DEADLINE_MS }, headersTimeout: DEADLINE_MS, bodyTimeout: DEADLINE_MS });

  async ask({ origin, path, headers }: ProbeTarget): Promise<ProbeAnswer> {
    try {
      const answer = await request(`${origin}${path}`, {
        dispatcher: this.#agent,
        reset: true,
        headers: { accept: '*/*', 'user-agent': 'mooring-probe', ...headers },
        signal: AbortSignal.timeout(DEADLINE_MS),
      });
      const text = await firstBytes(answer.body);
      return { status: answer.statusCode, headers: answer.headers, text };
    } catch (error) {
      return { error: reasonOf(error) };
    }
  }

  async close(): Promise<void> {
    await this.#agent.destroy();
  }
}

async function firstBytes(body: AsyncIterable<Buffer>): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of body) {
    chunks.push(chunk);
    size += chunk.length;
    if (size >= TEXT_BYTES) break;
  }
  return Buffer.concat(chunks).subarray(0, TEXT_BYTES).toString('latin1');
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const code = (error as NodeJS.ErrnoException).code;
  return error.name === 'TimeoutError' ? `no answer within ${DEADLINE_MS / 1000} s` : (code ?? error.message);
}
