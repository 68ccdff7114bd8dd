import { readConfig } from '../config/config.js';
import { buildReport, formatReport } from '../config/report.js';
import type { Terminal } from '../terminal.js';

/** Prints the effective configuration. @throws ConfigError */
export function showConfig({ environment, machine, out }: Terminal, { json }: { json: boolean }): void {
  const report = buildReport(readConfig(environment, machine));
  out(json ? `${JSON.stringify(report, null, 2)}\n` : formatReport(report));
}
