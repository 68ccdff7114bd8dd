import type { z } from 'zod';
import { RancherError, RancherUnreachableError, type RequestName } from '../errors.js';
import { errorSchema } from '../schemas/error.js';

export interface Answer {
  status: number;
  text: string;
  location: string | null;
}

/**
 * What an answer means: the parsed body, or
 * @throws RancherError where Rancher says no, RancherUnreachableError (InvalidAnswer) where it isn't Rancher who speaks. A 404 of
 * a proxy thus never reads as "not there".
 */
export function interpret<T>(request: RequestName, answer: Answer, schema: z.ZodType<T>): T {
  if (answer.status >= 200 && answer.status < 300) return parseBody(request, answer, schema);
  if (answer.status < 400) throw invalidAnswer(request, answer.status, redirectReason(answer));
  const refusal = errorSchema.safeParse(parseJson(answer.text));
  if (!refusal.success) throw invalidAnswer(request, answer.status, `a ${answer.status} came without an error body of Rancher's`);
  throw new RancherError(request, { ...refusal.data, status: answer.status });
}

function parseBody<T>(request: RequestName, { status, text }: Answer, schema: z.ZodType<T>): T {
  const json = parseJson(text);
  if (json === undefined) throw invalidAnswer(request, status, `a ${status} came whose body isn't JSON (is the URL Rancher's API?)`);
  const parsed = schema.safeParse(json);
  if (parsed.success) return parsed.data;
  throw invalidAnswer(request, status, `the answer isn't what Rancher 1.6 sends (${issueSummary(parsed.error)})`);
}

/** Names where and what, never the values found. */
export function issueSummary({ issues }: z.ZodError): string {
  const shown = issues.slice(0, 3).map(({ path, message }) => `${path.map(String).join('.') || 'body'}: ${message}`);
  return issues.length > shown.length ? `${shown.join('; ')}; and ${issues.length - shown.length} more` : shown.join('; ');
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** The query of a Location may hold a secret, so only origin and path are named. */
function redirectReason({ status, location }: Answer): string {
  const target = location && URL.canParse(location) ? new URL(location) : undefined;
  const where = target ? `${target.origin}${target.pathname}` : 'another place';
  return `a ${status} redirects to ${where}, and redirects are not followed: configure the URL that Rancher itself answers on`;
}

export function invalidAnswer(request: RequestName, status: number | undefined, reason: string): RancherUnreachableError {
  return new RancherUnreachableError(request, { code: 'InvalidAnswer', outcome: 'unknown', reason, status });
}
