import type { AnyRequest } from '../http/any-request.js';
import { checkNetworks, inNetworks } from '../http/networks.js';
import type { Caller } from './caller.js';

export interface TrustedHeaderOptions {
  /** The header that names the person, e.g. `X-Forwarded-User`. */
  userHeader: string;
  /** The header that names their roles, separated by commas, e.g. `X-Forwarded-Groups`. */
  rolesHeader: string;
  /** The addresses and networks that the proxy's connections come from. */
  networks: readonly string[];
}

/** Who somebody is, as a proxy in front tells it. */
export interface TrustedHeader {
  readonly kind: 'header';
  read(request: AnyRequest): Caller;
}

/** Visible ASCII without the comma, which is what two headers of one name are joined by. */
const USER = /^[\x21-\x2b\x2d-\x7e]{1,256}$/;

/** A header's lines; Node joins them elsewhere, and a line that was joined to the proxy's would change what that one says. */
function linesOf({ raw: { rawHeaders } }: AnyRequest, name: string): string[] {
  return rawHeaders.filter((_text, index) => index % 2 === 1 && rawHeaders[index - 1]?.toLowerCase() === name);
}

const rolesIn = (line: string): string[] =>
  line
    .split(',')
    .map((role) => role.trim())
    .filter((role) => role !== '');

/**
 * Believes a header that names the person, on connections from the proxy's own networks only: the connection's own address counts, since
 * X-Forwarded-For is itself a header. From anywhere else the header is ignored. One that comes twice is believed in neither form.
 *
 * @throws RangeError where a network is none
 */
export function createTrustedHeader(options: TrustedHeaderOptions): TrustedHeader {
  const isProxy = inNetworks(checkNetworks('identity networks', options.networks));
  const [userHeader, rolesHeader] = [options.userHeader.toLowerCase(), options.rolesHeader.toLowerCase()];
  return {
    kind: 'header',
    read(request) {
      if (!isProxy(request.raw.socket.remoteAddress)) return { kind: 'nobody' };
      const [user = '', ...more] = linesOf(request, userHeader);
      if (user === '' && more.length === 0) return { kind: 'nobody' };
      const roles = linesOf(request, rolesHeader);
      if (more.length > 0 || roles.length > 1 || !USER.test(user)) return { kind: 'rejected' };
      return { kind: 'known', identity: { user, roles: rolesIn(roles[0] ?? '') }, by: 'proxy' };
    },
  };
}
