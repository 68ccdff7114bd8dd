import { z } from 'zod';
import { type Explanation, explanationSchema } from './explanation.js';

export type Asked =
  | { kind: 'told'; explanation: Explanation }
  /** It answers, and knows no such session. */
  | { kind: 'unknown' }
  /** Nobody explains there; `why` is a clause. */
  | { kind: 'silent'; why: string };

/** Some sources are asked for the answer, and each of them has a deadline of its own. In ms. */
const DEADLINE_MS = 15_000;

const problemSchema = z.object({ code: z.string() });

/** Asks a running Mooring's internal listener at `url`; never throws. */
export async function askRunning(url: string, session: string, deadlineMs = DEADLINE_MS): Promise<Asked> {
  try {
    const answer = await fetch(`${url}/explain/${encodeURIComponent(session)}`, {
      headers: { accept: 'application/json' },
      redirect: 'error',
      signal: AbortSignal.timeout(deadlineMs),
    });
    return read(answer.status, await answer.json());
  } catch (error) {
    return { kind: 'silent', why: `${url} does not answer: ${reasonOf(error)}` };
  }
}

function read(status: number, body: unknown): Asked {
  if (status === 404 && problemSchema.safeParse(body).data?.code === 'unknown-session') return { kind: 'unknown' };
  if (status !== 200) return { kind: 'silent', why: `its internal listener answers ${status} to /explain/` };
  const parsed = explanationSchema.safeParse(body);
  if (parsed.success) return { kind: 'told', explanation: parsed.data };
  const [issue] = parsed.error.issues;
  return { kind: 'silent', why: `what its internal listener says is not understood (${issue?.path.join('.')}: ${issue?.message})` };
}

/** fetch says only "fetch failed"; its cause says why. */
function reasonOf(error: unknown): string {
  const { message, cause } = error as { message?: string; cause?: { code?: string; message?: string } };
  return cause?.code ?? cause?.message ?? message ?? String(error);
}
