import { table } from '../table.js';
import type { Config } from './config.js';
import { type Command, KEY_NAMES, KEYS, type Key, type KeySpec } from './keys.js';
import { HIDDEN, withoutUserInfo } from './secrets.js';

interface ReportLine {
  key: string;
  /** Missing where nothing is set and there is no default. Secrets are cut out. */
  value?: string;
  source: string;
  usedBy: readonly Command[];
}

export interface Report {
  settings: ReportLine[];
  /** Names only: nobody can tell which values are secret. */
  sessionEnvironment: { name: string; source: string }[];
  notUsed: string[];
}

const NOT_SET = 'not set';

function settingLine(key: Key, { sources }: Config): ReportLine {
  const spec: KeySpec = KEYS[key];
  const source = sources[key];
  const text = source?.text ?? spec.default;
  const from = source ? `environment variable ${source.variable}` : text === undefined ? NOT_SET : 'default';
  return { key, ...(text === undefined ? {} : { value: spec.secret ? HIDDEN : withoutUserInfo(text) }), source: from, usedBy: spec.usedBy };
}

/** The effective configuration, each value with where it is from. */
export function buildReport(config: Config): Report {
  const idle =
    config.settings.image_tag !== undefined && config.sources.narrative_version_url
      ? ['narrative_version_url (image_tag goes before it)']
      : [];
  return {
    settings: KEY_NAMES.map((key) => settingLine(key, config)),
    sessionEnvironment: Object.keys(config.sessionEnv)
      .sort()
      .map((name) => ({ name, source: `environment variable NARRENV_${name}` })),
    notUsed: [...config.unused, ...idle],
  };
}

/** The report as a table for people. */
export function formatReport(report: Report): string {
  const settings = report.settings.map(({ key, value, source, usedBy }) => [key, value ?? '-', source, usedBy.join(', ')]);
  const lines = table([['KEY', 'VALUE', 'SOURCE', 'USED BY'], ...settings]);
  if (report.sessionEnvironment.length > 0)
    lines.push(
      '',
      "the sessions' environment (values not shown)",
      ...table(report.sessionEnvironment.map(({ name, source }) => [`  ${name}`, source])),
    );
  if (report.notUsed.length > 0) lines.push('', 'set, but not used', ...report.notUsed.map((name) => `  ${name}`));
  return `${lines.join('\n')}\n`;
}
