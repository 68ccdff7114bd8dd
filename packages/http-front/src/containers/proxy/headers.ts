import type { IncomingHttpHeaders } from 'node:http';
import { cookieFrom, cookiesFor, type Place, placePath } from './cookies.js';

/** What speaks of one connection (RFC 9110, 7.6.1), and what undici writes by itself. */
const HOP_BY_HOP = [
  'connection',
  'expect',
  'http2-settings',
  'keep-alive',
  'proxy-authenticate',
  'proxy-authorization',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
];
/** Credentials for us, and what only somebody who is trusted may say of where a request is from. */
const OURS = ['authorization', 'cookie', 'forwarded', 'token', 'x-real-ip'];
/** What would reach beyond the container's own paths, or is ours to say. */
const NOT_ITS_TO_SAY = [
  'alt-svc',
  'clear-site-data',
  'nel',
  'public-key-pins',
  'report-to',
  'reporting-endpoints',
  'service-worker-allowed',
  'strict-transport-security',
];

const REFUSED_IN = new Set([...HOP_BY_HOP, ...OURS]);
const REFUSED_OUT = new Set([...HOP_BY_HOP, ...NOT_ITS_TO_SAY, 'location', 'set-cookie']);

type Headers = Record<string, string | string[]>;

/** Names that the header Connection gives to this connection alone. */
const connectionNames = ({ connection }: IncomingHttpHeaders): Set<string> =>
  new Set([connection ?? ''].flat().flatMap((text) => text.split(',').map((name) => name.trim().toLowerCase())));

function without(headers: IncomingHttpHeaders, refused: ReadonlySet<string>): Headers {
  const named = connectionNames(headers);
  const kept = Object.entries(headers).filter(([name, value]) => value !== undefined && !refused.has(name) && !named.has(name));
  return Object.fromEntries(kept) as Headers;
}

export interface Sender {
  /** The address that the request is from. */
  ip: string;
  protocol: string;
  host: string;
}

/**
 * What is passed on to a container of a request for it: nothing by which somebody is known here. Its Host is the site's, as people see it, so that
 * what the container says of its own address, and checks of an Origin, is right. Pure.
 */
export function headersFor(place: Place, headers: IncomingHttpHeaders, sender: Sender): Headers {
  const kept = Object.entries(without(headers, REFUSED_IN)).filter(([name]) => !name.startsWith('x-forwarded-'));
  const cookie = cookiesFor(place, headers.cookie);
  return {
    ...Object.fromEntries(kept),
    ...(cookie !== undefined && { cookie }),
    host: sender.host,
    'x-forwarded-for': sender.ip,
    'x-forwarded-host': sender.host,
    'x-forwarded-prefix': placePath(place).slice(0, -1),
    'x-forwarded-proto': sender.protocol,
  };
}

/** Where a container leads to, as it is reached from outside: a path of its own is one below the port's. Pure. */
export function locationFrom(place: Place, location: string, ownHosts: readonly string[]): string {
  const own = ownHosts.find((host) => location.startsWith(`http://${host}/`) || location.startsWith(`https://${host}/`));
  const path = own === undefined ? location : location.slice(location.indexOf(own) + own.length);
  const isOwnPath = path.startsWith('/') && !path.startsWith('//') && !path.startsWith(placePath(place));
  return isOwnPath ? `${placePath(place)}${path.slice(1)}` : path;
}

const all = (value: string | string[] | undefined): string[] => (value === undefined ? [] : [value].flat());

export interface Answered {
  place: Place;
  /** Hosts by which the container may call itself. */
  hosts: readonly string[];
  /** Whether whoever asks is its owner. */
  isOwner: boolean;
}

/** No other site's page frames it. A page of somebody else's work must not act in an administrator's name: it has an origin of its own. */
const policyFor = (isOwner: boolean): string =>
  isOwner ? "frame-ancestors 'self'" : "frame-ancestors 'self'; sandbox allow-scripts allow-forms allow-popups allow-downloads";

/** What is passed back of a container's answer. Pure. */
export function headersFrom(headers: IncomingHttpHeaders, { place, hosts, isOwner }: Answered): Headers {
  const { location, 'set-cookie': cookies, 'content-security-policy': policy } = headers;
  const kept = all(cookies).flatMap((cookie) => cookieFrom(place, cookie) ?? []);
  return {
    ...without(headers, REFUSED_OUT),
    ...(location !== undefined && { location: locationFrom(place, location, hosts) }),
    ...(kept.length > 0 && { 'set-cookie': kept }),
    'content-security-policy': [...all(policy), policyFor(isOwner)],
  };
}
