import { workOff } from './crew.js';
import type { Options } from './options.js';
import { describeFailure, describeTally } from './report.js';
import type { Report } from './work.js';

/** Runs the seeds; the exit code: 1 where a rule was broken. */
export async function simulate({ seeds, from, defect, suite, processes }: Options, write: (text: string) => void): Promise<number> {
  const orders = Array.from({ length: seeds }, (_, index) => ({ seed: from + index, defect, suite, isToShrink: defect === undefined }));
  const reports: Report[] = [];
  await workOff(orders, processes, (report) => {
    reports.push(report);
    if (report.result.broken) write(describeFailure(report, { suite, defect }));
    return report.result.broken ? 'enough' : 'go on';
  });
  const failed = reports.filter(({ result }) => result.broken).length;
  write(describeTally(reports));
  write(`${reports.length - failed} passed, ${failed} failed\n`);
  return failed > 0 ? 1 : 0;
}
