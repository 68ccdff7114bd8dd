import type { ReaperReport } from '@mooring/resources';

/** 503 where the pass could not see, 500 where it could not do all that it had decided, so that whoever calls by a timer notices. */
export function reaperStatus({ problem, failed }: ReaperReport): number {
  if (problem !== undefined) return 503;
  return failed.length > 0 ? 500 : 200;
}

/** One line, as narrative-traefiker has it where all went well: `Reaper success: 3 deleted`. */
export function reaperText(report: ReaperReport): string {
  const { deleted, stopped, failed, problem } = report;
  const done = [`${deleted} deleted`, ...(stopped > 0 ? [`${stopped} stopped`] : [])].join(', ');
  if (problem !== undefined) return `Reaper error: ${problem} ${done}\n`;
  if (failed.length === 0) return `Reaper success: ${done}\n`;
  const each = failed.map(({ session, why }) => `${session} (${why})`).join('; ');
  return `Reaper error: ${done}, ${failed.length} failed: ${each}\n`;
}
