import type { DomainTable } from '@mooring/domains';
import { section } from '../table.js';

/** The table for people: who is led where, and who isn't and why. */
export function formatDomains({ stacks, leftOut }: DomainTable): string {
  const rows = stacks.flatMap(({ stack, domains, servers }) =>
    domains.map((domain) => [
      domain,
      stack,
      servers.map(({ address, port, options }) => `${address}:${port} ${options}`.trim()).join(', '),
    ]),
  );
  const lines = [
    ...section(`${rows.length} domain(s) of ${stacks.length} stack(s)`, ['DOMAIN', 'STACK', 'SERVERS'], rows),
    ...section(
      `${leftOut.length} left out`,
      ['WHAT', 'STACK', 'NAME', 'REASON', 'WHY'],
      leftOut.map(({ what, stack, name, reason, message }) => [what, stack, name, reason, message]),
    ),
  ];
  return lines.length === 0 ? 'No container asks for requests.\n' : `${lines.slice(1).join('\n')}\n`;
}
