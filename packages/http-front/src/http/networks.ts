import { isIP } from 'node:net';
import ipaddr from 'ipaddr.js';

type Address = ipaddr.IPv4 | ipaddr.IPv6;
type Network = [Address, number];

/** A network, or an address as a network of one. IPv4 written as IPv6 (::ffff:192.0.2.1) is IPv4, with its prefix. @throws where it is neither */
function parse(entry: string): Network {
  if (!entry.includes('/')) {
    const address = ipaddr.process(entry);
    return [address, address.kind() === 'ipv4' ? 32 : 128];
  }
  const [address, bits] = ipaddr.parseCIDR(entry);
  const isMapped = address instanceof ipaddr.IPv6 && address.isIPv4MappedAddress() && bits >= 96;
  return isMapped ? [address.toIPv4Address(), bits - 96] : [address, bits];
}

/**
 * Throws RangeError with a sentence that begins with `setting` unless each entry is an IP address or a network.
 */
export function checkNetworks(setting: string, entries: readonly string[]): string[] {
  for (const entry of entries) {
    if (!ipaddr.isValidCIDR(entry) && !ipaddr.isValid(entry)) {
      throw new RangeError(
        `${setting}: "${entry}" is neither an IP address nor a network such as 10.42.0.0/16. Correct it or leave it out.`,
      );
    }
  }
  return [...entries];
}

/** Addresses that are remembered: proxies' come with every request, several times over. */
const MAX_KNOWN = 1_000;
const MAX_ADDRESS_LENGTH = 64;

/** Tells whether an address is in one of the networks; what isn't an address in its usual form is in none. */
export function inNetworks(entries: readonly string[]): (address: string | undefined) => boolean {
  const networks = entries.map(parse);
  const isIn = (text: string): boolean => {
    if (isIP(text) === 0) return false;
    const address = ipaddr.process(text);
    return networks.some(([network, bits]) => network.kind() === address.kind() && address.match(network, bits));
  };
  const known = new Map<string, boolean>();
  return (text = '') => {
    const before = known.get(text);
    if (before !== undefined) return before;
    if (known.size >= MAX_KNOWN) known.clear();
    const verdict = isIn(text);
    // What isn't an address may be of any length.
    if (text.length <= MAX_ADDRESS_LENGTH) known.set(text, verdict);
    return verdict;
  };
}
