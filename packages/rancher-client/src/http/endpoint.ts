import { InvalidArgumentError } from '../errors.js';

/** Where all requests of one client go, and what they carry. */
export interface Endpoint {
  /** Origin and path without a trailing slash. */
  readonly base: string;
  readonly origin: string;
  /** What paths begin with: empty, or without a trailing slash. */
  readonly prefix: string;
  readonly headers: Readonly<Record<string, string>>;
}

export interface Credentials {
  accessKey?: string | undefined;
  secretKey?: string | undefined;
}

/**
 * Checks the base URL once, so that credentials can only ever go to its origin.
 * @throws InvalidArgumentError which quotes neither the URL nor a key, as either may hold a secret.
 */
export function endpoint(url: string, credentials: Credentials = {}): Endpoint {
  const parsed = parseUrl(url);
  const { origin } = parsed;
  const prefix = parsed.pathname.replace(/\/+$/, '');
  return {
    ...{ base: origin + prefix, origin, prefix },
    headers: { Accept: 'application/json', ...authorization(credentials) },
  };
}

function parseUrl(url: string): URL {
  const parsed = URL.canParse(url) ? new URL(url) : undefined;
  if (parsed?.protocol !== 'http:' && parsed?.protocol !== 'https:') {
    throw new InvalidArgumentError('The url must be an http or https URL such as http://rancher:8080/v2-beta.');
  }
  if (parsed.username || parsed.password) {
    throw new InvalidArgumentError('The url must not hold a user or a password: give accessKey and secretKey instead.');
  }
  if (parsed.search || parsed.hash) throw new InvalidArgumentError('The url must not have a query or a fragment.');
  return parsed;
}

function authorization({ accessKey, secretKey }: Credentials): Record<string, string> {
  if (!accessKey && !secretKey) return {};
  if (!accessKey || !secretKey) throw new InvalidArgumentError('Give both accessKey and secretKey, or neither.');
  if (accessKey.includes(':')) throw new InvalidArgumentError('The accessKey must not hold a colon (RFC 7617).');
  return { Authorization: `Basic ${Buffer.from(`${accessKey}:${secretKey}`).toString('base64')}` };
}
