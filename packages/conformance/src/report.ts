import type { Verdict } from './replay.js';

const line = (verdict: Verdict): string[] => {
  if (verdict.verdict === 'failed') return [`FAILED  ${verdict.name}: ${verdict.differences.join('; ')}`];
  return verdict.verdict === 'skipped' ? [`skipped ${verdict.name}: ${verdict.reason}`] : [];
};

/** Each failure and skip by name, and how many there are of each. */
export const report = (verdicts: readonly Verdict[]): string => {
  const count = (kind: Verdict['verdict']): number => verdicts.filter(({ verdict }) => verdict === kind).length;
  const summary = `${count('passed')} passed, ${count('failed')} failed, ${count('skipped')} skipped`;
  return `${[...verdicts.flatMap(line), summary].join('\n')}\n`;
};
