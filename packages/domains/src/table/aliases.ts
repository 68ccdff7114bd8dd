import { z } from 'zod';
import { byText, isHostName, quoted } from '../names.js';
import type { LeftOut, Reason, TableSettings } from './types.js';

/** Which stack has which domain, and what was not given. */
export interface Claims {
  /** By domain. */
  owners: Map<string, string>;
  leftOut: LeftOut[];
}

const aliasesSchema = z.record(z.string(), z.unknown());
const namesSchema = z.array(z.unknown());

const leftOutAlias = (stack: string, alias: unknown, reason: Reason, message: string): LeftOut => ({
  what: 'alias',
  stack: /^[\w-]{1,63}$/.test(stack) ? stack : quoted(stack),
  name: typeof alias === 'string' && isHostName(alias.toLowerCase()) ? alias.toLowerCase() : quoted(alias),
  reason,
  message,
});

const domainOfAlias = (alias: unknown, domain: string): string | undefined => {
  if (typeof alias !== 'string') return undefined;
  const host = `${alias.toLowerCase()}.${domain}`;
  return isHostName(host) ? host : undefined;
};

function claim(stack: string, alias: unknown, { owners, leftOut }: Claims, { domain, takenDomains }: TableSettings): void {
  const host = domainOfAlias(alias, domain);
  if (host === undefined)
    return void leftOut.push(
      leftOutAlias(stack, alias, 'InvalidAlias', `${quoted(alias)} can't stand before .${domain}: use letters, digits, hyphens and dots`),
    );
  const owner = owners.get(host);
  if (owner === stack) return;
  if (owner === undefined && !takenDomains?.has(host)) return void owners.set(host, stack);
  const who = owner === undefined ? 'the site itself' : `the stack ${owner}`;
  leftOut.push(leftOutAlias(stack, alias, 'DomainTaken', `${host} is of ${who}: take the alias away, or give it another name`));
}

function claimAll(
  stack: string,
  names: unknown,
  claims: Claims,
  { stacks, ...settings }: TableSettings & { stacks: ReadonlySet<string> },
): void {
  const list = namesSchema.safeParse(names);
  if (!list.success) claims.leftOut.push(leftOutAlias(stack, names, 'InvalidAlias', `${quoted(names)} is no list of names`));
  else if (!stacks.has(stack))
    claims.leftOut.push(leftOutAlias(stack, list.data, 'UnknownStack', 'no container of a stack of this name asks for requests'));
  else for (const alias of list.data) claim(stack, alias, claims, settings);
}

/** Gives stacks the aliases that nobody else has. Stacks come by their names, so that who is first does not hang on the order they came in. */
export function claimAliases(aliases: unknown, stacks: ReadonlySet<string>, claims: Claims, settings: TableSettings): void {
  if (aliases === undefined || aliases === null || aliases === '') return;
  const parsed = aliasesSchema.safeParse(aliases);
  const entries = Object.entries(parsed.data ?? {}).sort(([a], [b]) => byText(a, b));
  if (!parsed.success)
    claims.leftOut.push(leftOutAlias('', aliases, 'InvalidAlias', 'the aliases must be stacks, each with a list of names'));
  for (const [stack, names] of entries) claimAll(stack, names, claims, { ...settings, stacks });
}
