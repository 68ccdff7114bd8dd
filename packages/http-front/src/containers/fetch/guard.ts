import { lookup as systemLookup } from 'node:dns/promises';
import type { LookupFunction } from 'node:net';
import { isIP } from 'node:net';
import ipaddr from 'ipaddr.js';
import { Agent } from 'undici';
import { inNetworks } from '../../http/networks.js';
import { FetchRefusedError } from './errors.js';

/** All addresses of a name. */
export type Resolve = (host: string) => Promise<readonly string[]>;

const systemResolve: Resolve = async (host) => (await systemLookup(host, { all: true, verbatim: true })).map(({ address }) => address);

/** Whether an address is one of the public internet: everything that has a purpose of its own is not (IANA's special-purpose registries). */
export const isPublic = (address: string): boolean => ipaddr.process(address).range() === 'unicast';

const refusedAddress = (host: string, address: string): FetchRefusedError =>
  new FetchRefusedError(
    `${host} is at ${address}, an address that is not of the public internet. Put it where everybody can fetch it, or ask the operators to allow it.`,
  );

/** Judges where a request may go, before and after its name was resolved, and pins it to the address that was judged. */
export class AddressGuard {
  readonly #isAllowed: (address: string) => boolean;

  constructor(
    allowed: readonly string[],
    private readonly resolve: Resolve = systemResolve,
  ) {
    this.#isAllowed = inNetworks(allowed);
  }

  /** @throws FetchRefusedError */
  check(url: URL): void {
    if (url.protocol !== 'http:' && url.protocol !== 'https:')
      throw new FetchRefusedError(`${url.protocol} is not fetched. Use an address that begins with http:// or https://.`);
    if (url.username !== '' || url.password !== '')
      throw new FetchRefusedError('The address holds a name or a password. Leave them out, and put what is fetched where it needs none.');
    const host = url.hostname.replace(/^\[|\]$/g, '');
    if (isIP(host) !== 0) this.#require(host, host);
  }

  /** Connects to none but an address that was judged: what a name leads to may change from one question to the next. */
  agent(): Agent {
    const lookup: LookupFunction = (host, options, done) => {
      this.#judged(host).then(
        (addresses) => {
          const found = addresses.map((address) => ({ address, family: isIP(address) }));
          const [first] = found;
          if (options.all) done(null, found);
          else if (first) done(null, first.address, first.family);
          else done(Object.assign(new Error(`${host} has no address`), { code: 'ENOTFOUND' }), '', 4);
        },
        (error: Error) => done(error as NodeJS.ErrnoException, '', 4),
      );
    };
    return new Agent({ connect: { lookup } });
  }

  async #judged(host: string): Promise<readonly string[]> {
    const addresses = await this.resolve(host);
    for (const address of addresses) this.#require(host, address);
    return addresses;
  }

  #require(host: string, address: string): void {
    if (isIP(address) === 0 || !(isPublic(address) || this.#isAllowed(ipaddr.process(address).toString())))
      throw refusedAddress(host, address);
  }
}
