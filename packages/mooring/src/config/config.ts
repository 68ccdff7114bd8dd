import { type Command, KEY_NAMES, KEYS, type Key, type KeySpec, type Settings } from './keys.js';
import {
  type Combination,
  type ConfigProblem,
  combinationProblems,
  domainsProblems,
  isOfAnotherIdentity,
  serveProblems,
  startProblems,
} from './rules.js';
import { showable } from './secrets.js';
import { type Environment, findText, type SourcedText, sessionEnvironment, unknownVariables, unusedVariables } from './sources.js';
import { suggest } from './suggest.js';

export interface Config {
  settings: Settings;
  /** The environment variable that a key was set by; keys that are not in it have their default. */
  sources: Partial<Record<Key, SourcedText>>;
  /** What NARRENV_ variables give to every session. */
  sessionEnv: Record<string, string>;
  /** Variables that are set and do nothing. */
  unused: string[];
}

/** Everything that is wrong, at once. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
  readonly code = 'InvalidConfiguration';
  constructor(readonly problems: readonly ConfigProblem[]) {
    super(problems.map(describeProblem).join('\n'));
  }
}

const describeProblem = ({ key, value, message }: ConfigProblem): string =>
  value === undefined ? `${key}: ${message}` : `${key}=${value}: ${message}`;

/** Variables that are set and mean nothing to this command. */
export function unusedBy(command: Command, { sources, unused }: Config): string[] {
  const idle = KEY_NAMES.filter((key) => !(KEYS[key].usedBy as readonly Command[]).includes(command));
  const variables = idle.flatMap((key) => sources[key]?.variable ?? []);
  return [...unused, ...variables.filter((variable) => !unused.some((told) => told.startsWith(`${variable} `)))];
}

interface Reading extends Combination {
  sources: Partial<Record<Key, SourcedText>>;
  problems: ConfigProblem[];
}

function readKey(key: Key, source: SourcedText | undefined, reading: Reading): void {
  const spec: KeySpec = KEYS[key];
  const text = source?.text ?? spec.default;
  if (source) reading.sources[key] = source;
  if (text === undefined) return;
  const parsed = spec.schema.safeParse(text);
  if (parsed.success) Object.assign(reading.values, { [key]: parsed.data });
  else {
    reading.failed.add(key);
    const message = parsed.error.issues[0]?.message ?? 'is not valid';
    reading.problems.push({ key: source?.variable ?? key, value: showable(text, spec.secret), message });
  }
}

/** narrative-traefiker's `debug` is a level of the log here; a level that is set goes before it. */
function heedDebug({ sources, values }: Reading): void {
  if (!values.debug || !sources.debug || sources.log_level) return;
  sources.log_level = { text: 'debug', variable: sources.debug.variable };
  values.log_level = 'debug';
}

function unknownProblem(variable: string): ConfigProblem {
  const near = suggest(variable, KEY_NAMES);
  return { key: variable, message: near ? `there is no such key; did you mean ${near}?` : 'there is no such key; take it away' };
}

const invalidNameProblem = (variable: string): ConfigProblem => ({
  key: variable,
  message: 'what follows NARRENV_ must be the name of an environment variable, such as NARRENV_LOG_LEVEL',
});

/** What is set for another way to know who somebody is than the one that was chosen. */
function passedOver({ sources, values: { MOORING_IDENTITY: chosen = 'auth2' } }: Reading): string[] {
  const keys = KEY_NAMES.filter((key) => isOfAnotherIdentity(key, chosen));
  return keys.flatMap((key) => sources[key] ?? []).map(({ variable }) => `${variable} (MOORING_IDENTITY is ${chosen})`);
}

/**
 * Reads the configuration from environment variables. `machine` is the machine's own host name; `command` adds what that command can't
 * do without.
 *
 * @throws ConfigError with every problem.
 */
export function readConfig(environment: Environment, machine: string, command?: Command): Config {
  const reading: Reading = { values: {}, failed: new Set(), sources: {}, problems: [] };
  for (const key of KEY_NAMES) readKey(key, findText(key, environment, machine), reading);
  heedDebug(reading);
  const { env, invalid } = sessionEnvironment(environment);
  const problems = [
    ...reading.problems,
    ...combinationProblems(reading),
    ...(command === 'serve' ? serveProblems(reading) : []),
    ...(command === 'domains' ? domainsProblems(reading) : []),
    ...(command === 'start' ? startProblems(reading) : []),
    ...unknownVariables(environment).map(unknownProblem),
    ...invalid.map(invalidNameProblem),
  ];
  if (problems.length > 0) throw new ConfigError(problems);
  // Every key without a problem has been read, or has no default and may be missing.
  const settings = reading.values as Settings;
  return {
    settings,
    sources: reading.sources,
    sessionEnv: env,
    unused: [...unusedVariables(environment, machine), ...passedOver(reading)],
  };
}
