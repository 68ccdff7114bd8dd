import { isRancherName } from '../names.js';

/**
 * The aliases that a domain map of an earlier run holds, for a start at which the metadata service doesn't tell them: what was there
 * is kept. A line is `<host> <stack>`.
 */
export function aliasesFromMap(map: string, domain: string): Record<string, string[]> {
  const aliases: Record<string, string[]> = {};
  for (const line of map.split('\n')) {
    const [host = '', stack] = line.split(' ');
    const alias = host.endsWith(`.${domain}`) ? host.slice(0, -domain.length - 1) : '';
    if (stack === undefined || !isRancherName(stack) || alias === '' || alias === stack.toLowerCase()) continue;
    aliases[stack] = [...(aliases[stack] ?? []), alias];
  }
  return aliases;
}
