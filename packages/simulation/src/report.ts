import type { Suite } from './suite.js';
import type { Report } from './work.js';

/** What was broken, how to see it again, and what it takes. */
export function describeFailure(
  { seed, result, shrunk = [] }: Report,
  { suite, defect }: { suite: Suite; defect: string | undefined },
): string {
  const { broken } = result;
  const again = `npm run simulate -- --seeds 1 --from ${seed}${suite === 'loop' ? '' : ` --suite ${suite}`}${defect ? ` --defect ${defect}` : ''}`;
  const lines = shrunk.map(({ atMs, event }) => `  ${(atMs / 1000).toFixed(3).padStart(9)} s  ${JSON.stringify(event)}`);
  return [
    `seed ${seed} breaks the rule "${broken?.rule}" after ${((broken?.atMs ?? 0) / 1000).toFixed(1)} s: ${broken?.message}`,
    `  again: ${again}`,
    ...(shrunk.length > 0 ? [`  it takes ${shrunk.length} of its events:`, ...lines] : []),
    '',
  ].join('\n');
}

/** How often each thing happened, over all seeds. */
export function describeTally(reports: readonly Report[]): string {
  const sums = new Map<string, number>();
  for (const [what, count] of reports.flatMap(({ result }) => result.tally)) sums.set(what, (sums.get(what) ?? 0) + count);
  const width = Math.max(0, ...[...sums.keys()].map((what) => what.length));
  const lines = [...sums].sort(([a], [b]) => (a < b ? -1 : 1)).map(([what, count]) => `${what.padEnd(width)}  ${count}`);
  const events = Math.min(...reports.map((report) => report.events));
  const sessions = Math.min(...reports.map(({ result }) => result.sessions));
  return `${lines.join('\n')}\n${reports.length} seeds, each with at least ${sessions} sessions and ${events} events\n`;
}
