import ipaddr from 'ipaddr.js';

export const LOOPBACK = ['127.0.0.0/8', '::1/128'];

/** Throws with a sentence unless each entry is an address or a network; answers them as they are. */
export function checkTrustedProxies(entries: readonly string[]): string[] {
  for (const entry of entries) {
    if (!ipaddr.isValidCIDR(entry) && !ipaddr.isValid(entry)) {
      throw new RangeError(
        `trustedProxies: "${entry}" is neither an IP address nor a network such as 10.42.0.0/16. Correct it or leave it out.`,
      );
    }
  }
  return [...entries];
}
