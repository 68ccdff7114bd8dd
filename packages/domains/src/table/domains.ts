import { isDeepStrictEqual } from 'node:util';
import { byText, isHostName } from '../names.js';
import { type Claims, claimAliases } from './aliases.js';
import type { LeftOut, StackRow, TableSettings } from './types.js';

/** Who has which domains. */
export interface Shares {
  /** By name. */
  stacks: readonly Pick<StackRow, 'stack' | 'domains'>[];
  leftOut: readonly LeftOut[];
}

/** Why a stack can't have its own domain; undefined where it can. */
function obstacle(
  stack: string,
  host: string,
  { owners }: Claims,
  settings: TableSettings,
): Pick<LeftOut, 'reason' | 'message'> | undefined {
  const { takenNames, takenDomains, domain } = settings;
  if (!isHostName(host)) return { reason: 'InvalidStack', message: `with .${domain} behind it, it is no host name` };
  if (takenNames?.has(stack))
    return { reason: 'NameTaken', message: 'haproxy.cfg has a proxy of this name: give that one, or the stack, another' };
  if (takenDomains?.has(host)) return { reason: 'DomainTaken', message: `${host} is the site's own: give the stack another name` };
  const owner = owners.get(host);
  if (owner === undefined) return undefined;
  return { reason: 'DomainTaken', message: `${host} is of the stack ${owner}, whose name differs in capitals only: give one another name` };
}

/** Each stack's own domain. Of names that differ in capitals only, the one without comes first. */
function claimOwn(stacks: Iterable<string>, claims: Claims, settings: TableSettings): Set<string> {
  const lowerFirst = (a: string, b: string): number => Number(a !== a.toLowerCase()) - Number(b !== b.toLowerCase()) || byText(a, b);
  const granted = new Set<string>();
  for (const stack of [...stacks].sort(lowerFirst)) {
    const host = `${stack.toLowerCase()}.${settings.domain}`;
    const problem = obstacle(stack, host, claims, settings);
    if (problem) claims.leftOut.push({ what: 'stack', stack, name: '', ...problem });
    else {
      claims.owners.set(host, stack);
      granted.add(stack);
    }
  }
  return granted;
}

function share(names: ReadonlySet<string>, aliases: unknown, settings: TableSettings): Shares {
  const claims: Claims = { owners: new Map(), leftOut: [] };
  const granted = claimOwn(names, claims, settings);
  claimAliases(aliases, granted, claims, settings);
  const domains = new Map<string, string[]>();
  for (const [host, stack] of claims.owners) domains.set(stack, [...(domains.get(stack) ?? []), host]);
  const stacks = [...granted].sort(byText).map((stack) => {
    const [own = '', ...others] = domains.get(stack) ?? [];
    return { stack, domains: [own, ...others.sort(byText)] };
  });
  return { stacks, leftOut: claims.leftOut };
}

const sameNames = (a: ReadonlySet<string>, b: ReadonlySet<string>): boolean => a.size === b.size && [...a].every((name) => b.has(name));
const sameTexts = (a: readonly string[], b: readonly string[]): boolean => a.length === b.length && a.every((text, at) => text === b[at]);

/** Shares domains out, anew only where stacks or aliases are others; a stack's list that comes out as before is the same object. */
export class DomainMemory {
  #last: { names: ReadonlySet<string>; aliases: unknown; shares: Shares } | undefined;

  constructor(private readonly settings: TableSettings) {}

  /** `names` are those of the stacks with a container that asks for requests. */
  share(names: ReadonlySet<string>, aliases: unknown): Shares {
    const last = this.#last;
    if (last && sameNames(names, last.names) && isDeepStrictEqual(aliases, last.aliases)) return last.shares;
    const { stacks, leftOut } = share(names, aliases, this.settings);
    const before = new Map(last?.shares.stacks.map(({ stack, domains }) => [stack, domains]));
    const shares = {
      leftOut,
      stacks: stacks.map(({ stack, domains }) => {
        const had = before.get(stack);
        return { stack, domains: had && sameTexts(had, domains) ? had : domains };
      }),
    };
    this.#last = { names, aliases, shares };
    return shares;
  }
}
