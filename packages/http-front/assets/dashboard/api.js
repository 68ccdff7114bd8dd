const BASE = '/api/v1';
const DEADLINE_MS = 20_000;

/** An answer that is not the one that was asked for; the message is for people. */
export class ApiProblem extends Error {
  constructor(status, { detail, code } = {}) {
    super(detail ?? (status === 0 ? 'Mooring does not answer.' : `Mooring answered ${status}.`));
    this.status = status;
    this.code = code;
  }
}

async function send(path, { method = 'GET', body, base = BASE }) {
  try {
    return await fetch(`${base}${path}`, {
      method,
      headers: { accept: 'application/json, text/plain', ...(body && { 'content-type': 'application/json' }) },
      ...(body && { body: JSON.stringify(body) }),
      cache: 'no-store',
      signal: AbortSignal.timeout(DEADLINE_MS),
    });
  } catch {
    throw new ApiProblem(0);
  }
}

/** Asks the API, or another at `base`. @throws {ApiProblem} */
export async function api(path, request = {}) {
  const answer = await send(path, request);
  if (!answer.ok) throw new ApiProblem(answer.status, await answer.json().catch(() => undefined));
  const isText = answer.headers.get('content-type')?.startsWith('text/plain');
  return isText ? answer.text() : answer.json();
}

/** The address of a session in the API. */
export const sessionPath = (name, rest = '') => `/sessions/${encodeURIComponent(name)}${rest}`;

/** All sessions, a page after the other, and the position from which a watch tells what came later. */
export async function listAll() {
  const items = [];
  let version;
  let next = '';
  do {
    const page = await api(`/sessions?limit=1000${next}`);
    items.push(...page.items);
    version ??= page.metadata.resourceVersion;
    next = page.metadata.continue === undefined ? undefined : `&continue=${encodeURIComponent(page.metadata.continue)}`;
  } while (next !== undefined);
  return { items, version };
}
