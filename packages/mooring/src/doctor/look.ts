/** What an HTTP server answered to a look, or why it didn't. */
export type Seen = { status: number; headers: Headers; text: string; at: number } | { error: string };

/** One GET of the doctor's. */
export type Look = (url: string, headers?: Record<string, string>) => Promise<Seen>;

const DEADLINE_MS = 5_000;
/** More than the metrics of a Traefik with 10,000 services. */
const MOST_BYTES = 32 * 1024 * 1024;

function reasonOf(error: unknown): string {
  const { name, message, cause } = error as Error & { cause?: { code?: string } };
  return name === 'TimeoutError' ? `no answer within ${DEADLINE_MS / 1000} s` : (cause?.code ?? message);
}

async function textOf(response: Response): Promise<string> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of response.body ?? []) {
    size += chunk.length;
    if (size > MOST_BYTES) throw new Error(`more than ${MOST_BYTES} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

/** Asks over HTTP, redirects not followed. `at`: when the answer came, in ms since the epoch. */
export const lookOver: Look = async (url, headers = {}) => {
  try {
    const response = await fetch(url, { headers, redirect: 'manual', signal: AbortSignal.timeout(DEADLINE_MS) });
    return { status: response.status, headers: response.headers, at: Date.now(), text: await textOf(response) };
  } catch (error) {
    return { error: reasonOf(error) };
  }
};

/** What was seen, in a few words. */
export const wordsFor = (seen: Seen): string => ('error' in seen ? seen.error : `it answers ${seen.status}`);
