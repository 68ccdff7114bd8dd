import { isIP } from 'node:net';
import { CronTime } from 'cron';
import { z } from 'zod';

/** A host name or an IPv4 address, as it may stand in a Traefik `Host()` rule. */
const HOST = /^[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?$/;
const TAG = /^[A-Za-z0-9_][A-Za-z0-9._-]{0,127}$/;
const REPOSITORY = /^[A-Za-z0-9][A-Za-z0-9._:/-]*$/;

/** Where a listener binds. */
export interface ListenAddress {
  host: string;
  port: number;
}

/** An image reference in its two parts. */
export interface ImageReference {
  name: string;
  tag: string;
}

const commaList = (text: string): string[] =>
  text
    .split(',')
    .map((item) => item.trim())
    .filter((item) => item !== '');

/** A transform's way to refuse a value with a sentence. */
const refuse = (context: z.core.$RefinementCtx, message: string): never => {
  context.addIssue(message);
  return z.NEVER;
};

export const hostList = z
  .string()
  .transform(commaList)
  .refine((hosts) => hosts.every((host) => HOST.test(host)), {
    error: 'must be host names separated by commas, such as narrative.example.org (no scheme, no port, no path)',
  });

export const httpUrl = z.string().transform((text, context) => {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url?.protocol !== 'http:' && url?.protocol !== 'https:') return refuse(context, 'must be a URL that starts with http:// or https://');
  // It would be sent nowhere, and stand in what errors quote.
  if (url.username || url.password) return refuse(context, 'must not hold a user name or a password; take away all between // and @');
  return text;
});

/** A site's address and nothing behind it. */
export const origin = httpUrl.transform((text, context) => {
  const url = new URL(text);
  if (url.pathname === '/' && url.search === '' && url.hash === '') return url.origin;
  return refuse(context, `must be an address without a path, such as ${url.origin}`);
});

const LOOPBACK = /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])$/;

/** What an OpenID provider calls itself. Whoever can read or change what it answers can be anybody, so it is asked over TLS. */
export const issuerUrl = httpUrl.transform((text, context) => {
  const { protocol, hostname } = new URL(text);
  return protocol === 'https:' || LOOPBACK.test(hostname)
    ? text
    : refuse(context, 'must start with https://, such as https://sso.example.org/realms/lab');
});

export const oidcScope = z
  .string()
  .refine((text) => text.split(/\s+/).includes('openid'), { error: 'must hold the scope openid, as in: openid profile' });

export const claimName = z.string().regex(/^[\x21-\x7e]+$/, 'must be the name of a claim, such as sub or realm_access.roles');

export const headerName = z.string().regex(/^[A-Za-z0-9-]+$/, 'must be the name of a header, such as X-Forwarded-User');

/** A path on the site itself with one place for what was asked for. */
export const readyPage = z
  .string()
  .regex(/^\/(?![/\\])[\x21-\x7e]*$/, 'must be a path of the site, such as /load-narrative.html?n={}&check=true')
  .refine((text) => text.split('{}').length === 2, {
    error: 'must hold {} once, where the path of the notebook goes, as in /load-narrative.html?n={}&check=true',
  });

/** Whom to ask, in a line. */
export const contact = z
  .string()
  .trim()
  .min(1, 'must say whom to ask, such as help@example.org')
  .max(200, 'must have at most 200 characters')
  .regex(/^[^\p{Cc}]*$/u, 'must be one line, such as help@example.org');

export const rancherMode = z.enum(['rancher'], {
  error: 'must be rancher, or left out: sessions run at Rancher; set rancher_url, or use mooring start to run everything on one machine',
});

export const count = z
  .string()
  .regex(/^\d{1,9}$/, 'must be a number of nine digits at most, such as 0 or 1')
  .transform(Number);

/** Rancher's API: a URL that is given without a path gets `/v2-beta`. */
export const rancherUrl = httpUrl.transform((text, context) => {
  const url = new URL(text);
  const path = url.pathname.replace(/\/+$/, '');
  if (path === '') return `${url.origin}/v2-beta`;
  return path.endsWith('/v2-beta')
    ? `${url.origin}${path}`
    : refuse(context, 'must end in /v2-beta, such as https://rancher.example.org/v2-beta');
});

/** As Rancher injects it: of any version of its API, with an environment behind it at times. */
export const cattleUrl = httpUrl.transform((text, context) => {
  const url = new URL(text);
  const path = /^(.*?)(?:\/(?:v1|v2-beta)(?:\/projects\/[^/]+)?)?\/*$/.exec(url.pathname)?.[1];
  return path === undefined || /\/v\d/.test(path)
    ? refuse(context, "must be Rancher's API, such as https://rancher.example.org/v2-beta")
    : `${url.origin}${path}/v2-beta`;
});

/** Regular expressions, one of which a name must match. */
export const patternList = z.string().transform((text, context): string[] => {
  const patterns = commaList(text);
  const bad = patterns.find((pattern) => !isPattern(pattern));
  if (patterns.length > 0 && bad === undefined) return patterns;
  return refuse(context, `must be regular expressions separated by commas, such as dev,^qa${bad === undefined ? '' : ` (${bad} is none)`}`);
});

function isPattern(text: string): boolean {
  try {
    new RegExp(text);
    return text.length <= 200;
  } catch {
    return false;
  }
}

export const port = z
  .string()
  .regex(/^\d{1,5}$/, 'must be a number, such as 8080')
  .transform(Number)
  .refine((number) => number >= 1 && number <= 65535, { error: 'must be between 1 and 65535' });

export const signingSecret = z.string().min(16, 'must have at least 16 characters; for example the output of: openssl rand -hex 32');

const PROJECT_PATH = /\/projects\/(1a\d+)\/?$/;

/** An environment's URL, from which only its id is taken: requests go to rancher_url. */
export const projectId = httpUrl.transform((text, context) => {
  const id = PROJECT_PATH.exec(new URL(text).pathname)?.[1];
  return id ?? refuse(context, 'must end in the id of an environment, such as https://rancher.example.org/v2-beta/projects/1a5');
});

/** Splits at the last colon behind the last slash, so that a registry's port isn't taken for a tag. */
function splitTag(image: string): { name: string; tag?: string } {
  const colon = image.indexOf(':', image.lastIndexOf('/') + 1);
  return colon < 0 ? { name: image } : { name: image.slice(0, colon), tag: image.slice(colon + 1) };
}

export const imageName = z.string().transform((text, context) => {
  if (text.startsWith('docker:')) return refuse(context, 'must not start with "docker:"; take that away');
  const { name, tag } = splitTag(text);
  if (tag !== undefined) return refuse(context, `must not contain a tag; set image_name=${name} and image_tag=${tag}`);
  return REPOSITORY.test(text) ? text : refuse(context, 'must be an image without a tag, such as kbase/narrative');
});

export const imageTag = z
  .string()
  .regex(TAG, 'must be an image tag such as 1.2.3; to let narrative_version_url say the version, leave image_tag out altogether');

export const dockerUrl = z
  .string()
  .regex(/^(unix:\/\/\/\S+|(tcp|https?):\/\/[^/\s]+)$/, 'must be such as unix:///var/run/docker.sock, or tcp://host:port');

export const imageReference = z.string().transform((text, context): ImageReference => {
  const { name, tag = 'latest' } = splitTag(text);
  if (!text.startsWith('docker:') && REPOSITORY.test(name) && TAG.test(tag)) return { name, tag };
  return refuse(context, 'must be an image such as mooring/demo or kbase/narrative:1.2.3, without "docker:"');
});

export const cookieName = z.string().regex(/^[A-Za-z0-9_-]+$/, 'must consist of letters, digits, hyphens and underscores');

export const containerName = z
  .string()
  .regex(/^[A-Za-z0-9]+(-[A-Za-z0-9]+)*-?\{\}$/, 'must be letters, digits and single hyphens followed by {}, such as narrative-{}')
  .max(32, 'must have at most 32 characters, or no room is left for the user name');

/** How many there may be at once, at least one. */
export const atMost = count.refine((number) => number >= 1, { error: 'must be 1 or more; leave it out for no limit' });

export const poolSize = z
  .string()
  .regex(/^\d{1,4}$/, 'must be a number, such as 5')
  .transform(Number)
  .refine((size) => size <= 1000, { error: 'must be between 0 and 1000' });

/** Whole seconds, at least so many, a year at most. */
export const seconds = (least: number) =>
  z
    .string()
    .regex(/^\d{1,8}$/, 'must be a whole number of seconds, such as 600')
    .transform(Number)
    .refine((number) => number >= least && number <= 31_536_000, { error: `must be between ${least} and 31536000 seconds (a year)` });

export const drainSeconds = z
  .string()
  .regex(/^\d{1,3}$/, 'must be a whole number of seconds, such as 15')
  .transform(Number)
  .refine((number) => number <= 300, { error: 'must be between 0 and 300 seconds' });

/** A schedule that comes to a next time: `cron` itself takes the 30th of February. */
export const cronSchedule = z.string().transform((text, context) => {
  try {
    new CronTime(text).sendAt();
    return text;
  } catch (error) {
    const [reason] = (error instanceof Error ? error.message : String(error)).split('\n');
    return refuse(context, `must be a cron schedule with seconds in front, such as */30 * * * * * (${reason})`);
  }
});

export const portBase = z
  .string()
  .regex(/^\d{1,5}$/, 'must be a number, such as 8080')
  .transform(Number)
  .refine((port) => port >= 1 && port <= 65528, { error: 'must be between 1 and 65528, since this port and the seven above it are taken' });

export const listenAddress = z.string().transform((text, context): ListenAddress => {
  const match = /^(?:\[([0-9A-Fa-f:.]+)\]|([^:[\]]+)):(\d{1,5})$/.exec(text);
  const host = match?.[1] ?? match?.[2] ?? '';
  const port = Number(match?.[3]);
  const known = match?.[1] ? isIP(host) === 6 : isIP(host) === 4 || HOST.test(host);
  return known && port <= 65535 ? { host, port } : refuse(context, 'must be an address and a port, such as 0.0.0.0:5000 or [::]:5000');
});

function isCidr(text: string): boolean {
  const [address = '', prefix, ...rest] = text.split('/');
  const bits = { 0: -1, 4: 32, 6: 128 }[isIP(address)] ?? -1;
  return bits > 0 && rest.length === 0 && (prefix === undefined || (/^\d{1,3}$/.test(prefix) && Number(prefix) <= bits));
}

export const cidrList = z
  .string()
  .transform(commaList)
  .refine((list) => list.every(isCidr), { error: 'must be IP addresses or networks separated by commas, such as 10.42.0.0/16' });

/** Networks of which what they say is believed: everybody can't be meant. */
export const trustedNetworks = cidrList.refine((list) => !list.some((entry) => entry.endsWith('/0')), {
  error: 'must be the addresses of your own proxies, such as 10.42.0.0/16: with /0, anybody would be believed',
});

const PYTHON_LEVELS: Readonly<Record<string, string>> = {
  '10': 'debug',
  '20': 'info',
  '30': 'warn',
  '40': 'error',
  '50': 'fatal',
  warning: 'warn',
  critical: 'fatal',
};
const LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'];

/** Names as pino has them; Python's names and numbers (narrative-traefiker's) are understood too. */
export const logLevel = z.string().transform((text, context) => {
  const level = PYTHON_LEVELS[text.toLowerCase()] ?? text.toLowerCase();
  return LEVELS.includes(level) ? level : refuse(context, `must be one of ${LEVELS.join(', ')}, or a Python level such as 20`);
});

export const bearerToken = z
  .string()
  .regex(
    /^[A-Za-z0-9._~+/-]{16,}=*$/,
    'must have at least 16 characters, of letters, digits and ._~+/-; for example the output of: openssl rand -hex 32',
  );

/** `1st7`; the bare number will do. */
export const rancherStackId = z
  .string()
  .regex(/^(1st)?\d+$/, 'must be the id of a stack, such as 1st7')
  .transform((text) => (text.startsWith('1st') ? text : `1st${text}`));

export const oneOf = <const T extends string>(...values: T[]) => z.enum(values, { error: `must be ${values.join(' or ')}` });

/** How containers are asked for by their names; `off` is an empty list. */
export const routingKinds = z
  .string()
  .transform((text) => (text === 'off' ? [] : commaList(text)))
  .refine((kinds) => kinds.every((kind) => kind === 'cookie' || kind === 'path'), { error: 'must be cookie, path, cookie,path or off' });

/** Without a slash at its end; `/` is empty. */
export const pathPrefix = z
  .string()
  .regex(/^(\/|(\/[A-Za-z0-9_~-][A-Za-z0-9._~-]*)+)$/, 'must be a path such as /apps, without a slash at its end, or /')
  .transform((text) => (text === '/' ? '' : text));

/** A page here or elsewhere. */
export const pageUrl = z.string().transform((text, context) => {
  if (/^\/(?![/\\])[\x21-\x7e]*$/.test(text)) return text;
  const parsed = httpUrl.safeParse(text);
  return parsed.success ? parsed.data : refuse(context, 'must be a path such as /home, or a URL that starts with http:// or https://');
});

export const commaNames = z
  .string()
  .transform(commaList)
  .refine((names) => names.length > 0 && names.every((name) => /^[A-Za-z0-9_-]+$/.test(name)), {
    error: 'must be names separated by commas, such as web,websecure',
  });

export const statusCode = z
  .string()
  .regex(/^[1-5]\d\d$/, 'must be an HTTP status, such as 200')
  .transform(Number);
/** A switch as rancher-haproxy's users write it. */
export const onOff = z.string().transform((text, context) => {
  const word = text.toLowerCase();
  if (['true', 'yes', 'on', '1'].includes(word)) return true;
  return ['false', 'no', 'off', '0'].includes(word) ? false : refuse(context, 'must be true or false');
});

const HOST_LABEL = /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/;

/** What follows a stack's name in its domain, in small letters; rancher-haproxy's `none` is none. */
export const domainName = z.string().transform((text, context) => {
  const domain = text.toLowerCase();
  const isOne = domain.length <= 189 && domain.split('.').every((label) => HOST_LABEL.test(label));
  return isOne && domain !== 'none' ? domain : refuse(context, 'must be a domain without a dot in front, such as dev.example.org');
});

export const labelName = z.string().regex(/^[\x21-\x7e]{1,255}$/, 'must be the name of a label, such as map-public-http');

export const metadataVersion = z
  .string()
  .regex(/^(latest|\d{4}-\d{2}-\d{2})$/, "must be a version of Rancher's metadata, such as 2016-07-29");

export const hostAndPort = z.string().transform((text, context) => {
  const [, host = '', number = '1'] = /^([^:]+)(?::(\d{1,5}))?$/.exec(text) ?? [];
  return HOST.test(host) && Number(number) >= 1 && Number(number) <= 65535
    ? text
    : refuse(context, 'must be a host, with a port or without, such as rancher-metadata or 10.42.0.1:514');
});

/** Where HAProxy listens, in its own form. */
export const proxyListen = z
  .string()
  .regex(/^(\*|\d{1,3}(\.\d{1,3}){3}):\d{1,5}$/, 'must be an address and a port, such as *:80 or 127.0.0.1:8000');

/** What stands in a configuration as one word. */
export const oneWord = z.string().regex(/^[\x21-\x7e]{1,200}$/, 'must be 1 to 200 plain characters without blanks');
