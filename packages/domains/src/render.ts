import { byText } from './names.js';
import type { DomainTable, Server, StackRow } from './table/types.js';

/** What stands in one of HAProxy's lines behind `server`. */
export const serverWords = ({ name, address, port, options }: Server): string =>
  `${name} ${address}:${port}${options === '' ? '' : ` ${options}`}`;

/** Of rows that are in use: a row never changes, so each is rendered once. */
const backends = new WeakMap<StackRow, string>();

function backend(row: StackRow): string {
  const known = backends.get(row);
  if (known !== undefined) return known;
  const servers = row.servers.map((server) => `  server ${serverWords(server)}\n`);
  const text = `\nbackend ${row.stack}\n  mode http\n${servers.join('')}`;
  backends.set(row, text);
  return text;
}

/** HAProxy's backends, in rancher-haproxy's form. */
export const renderBackends = ({ stacks }: DomainTable): string => stacks.map(backend).join('');

/** HAProxy's map, a domain and its backend a line, in rancher-haproxy's form. */
export function renderMap({ stacks }: DomainTable): string {
  const lines = stacks.flatMap(({ stack, domains }) => domains.map((domain) => `${domain} ${stack}\n`));
  return lines.sort(byText).join('');
}
