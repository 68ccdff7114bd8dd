import { readConfig } from '../config/config.js';
import { examine } from '../doctor/examine.js';
import { formatFindings } from '../doctor/format.js';
import type { Terminal } from '../terminal.js';

/** Something is wrong with the site. */
class UnwellError extends Error {
  override readonly name = 'UnwellError';
  readonly code = 'Unwell';
}

/**
 * Checks the site that the configuration of `serve` names, and tells each finding with its cure. Nothing is changed.
 *
 * @throws ConfigError, UnwellError where there is a problem; warnings are none.
 */
export async function doctor({ environment, machine, out }: Terminal, { json }: { json: boolean }): Promise<void> {
  const findings = await examine(readConfig(environment, machine, 'serve'));
  out(json ? `${JSON.stringify({ findings }, null, 2)}\n` : formatFindings(findings));
  const problems = findings.filter(({ level }) => level === 'problem');
  if (problems.length > 0) throw new UnwellError(`${problems.length} problem(s): ${problems.map(({ check }) => check).join(', ')}`);
}
