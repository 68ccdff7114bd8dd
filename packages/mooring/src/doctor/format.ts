import { oneLine, table } from '../table.js';
import type { Finding } from './finding.js';

const SIGNS = { ok: 'ok', warning: 'WARNING', problem: 'PROBLEM' } as const;

/** The findings for people: each that isn't fine with its cure below it. */
export function formatFindings(findings: readonly Finding[]): string {
  const rows = table(findings.map(({ level, check, says }) => [SIGNS[level], check, oneLine(says)]));
  const lines = findings.flatMap((finding, index) => {
    const line = rows[index] ?? '';
    return finding.level === 'ok' ? [line] : [line, `         cure: ${oneLine(finding.cure)}`];
  });
  return `${lines.join('\n')}\n`;
}
