import type { FastifyRequest } from 'fastify';
import { inNetworks } from '../http/networks.js';

/** Why somebody is not let in; `ip` is the address that was looked at. */
export interface Refusal {
  ip: string;
  why: string;
}

const NOT_OURS = 'a forwarded address is believed only if a trusted proxy tells it';
const UNREAD = 'a proxy tells the address by X-Forwarded-For here, not by Forwarded alone';

export interface AdmissionOptions {
  /** Who is let in. */
  networks: readonly string[];
  /** Whose X-Forwarded-For is believed. */
  trustedProxies: readonly string[];
}

/** Whoever admits every IPv4 address means no door, and so admits IPv6 too. */
const withBothFamilies = (networks: readonly string[]): readonly string[] =>
  networks.some((network) => /^[\d.]+\/0$/.test(network)) ? [...networks, '::/0'] : networks;

/**
 * Decides by the address that a request is from: the connection's, or what trusted proxies say that it is. A request that has an address
 * told by anybody else is refused rather than taken for its sender's own.
 */
export function admission({ networks, trustedProxies }: AdmissionOptions): (request: FastifyRequest) => Refusal | undefined {
  const admitted = inNetworks(withBothFamilies(networks));
  const trusted = inNetworks(trustedProxies);
  return ({ ip, headers, socket }) => {
    const peer = socket.remoteAddress ?? 'unknown';
    const isForwarded = headers['x-forwarded-for'] !== undefined;
    if ((isForwarded || headers.forwarded !== undefined) && !trusted(peer)) return { ip: peer, why: NOT_OURS };
    if (headers.forwarded !== undefined && !isForwarded) return { ip: peer, why: UNREAD };
    return admitted(ip) ? undefined : { ip, why: 'it is in none of the networks that may (reaper_ipnetwork)' };
  };
}
