import type { Unreachable } from '../errors.js';

/** Codes that only arise before the first byte of a request is written. */
const BEFORE_SENDING =
  /^(ECONNREFUSED|ENOTFOUND|EAI_AGAIN|UND_ERR_CONNECT_TIMEOUT|UND_ERR_CLOSED|ERR_TLS_CERT_ALTNAME_INVALID|CERT_.*|DEPTH_ZERO_.*|SELF_SIGNED_.*|UNABLE_TO_.*)$/;

interface Symptom {
  code?: string | undefined;
  syscall?: string | undefined;
  message?: string | undefined;
}

/** What a request that was rejected, or a body that broke off, says about the request. */
export function connectionFailure(error: unknown): Unreachable {
  const symptoms = [...causes(error)];
  const first = symptoms.find(({ code }) => code !== undefined) ?? symptoms.at(-1);
  return {
    code: 'Connection',
    outcome: symptoms.some(isBeforeSending) ? 'not-sent' : 'unknown',
    reason: `the connection failed (${first?.code ?? first?.message ?? 'no reason given'})`,
    cause: error,
  };
}

function isBeforeSending({ code = '', syscall }: Symptom): boolean {
  return BEFORE_SENDING.test(code) || syscall === 'connect';
}

/**
 * What happened may be wrapped in `cause`; a dual-stack connect wraps one error an address in `errors`. By shape and not by class, as
 * Node's own errors may be of another realm.
 */
function* causes(error: unknown, depth = 0): Generator<Symptom> {
  if (typeof error !== 'object' || error === null || depth > 4) return;
  const { code, syscall, message, cause, errors } = error as Symptom & { cause?: unknown; errors?: unknown };
  yield { code, syscall, message };
  if (Array.isArray(errors)) for (const inner of errors) yield* causes(inner, depth + 1);
  yield* causes(cause, depth + 1);
}
