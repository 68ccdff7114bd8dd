import { INSTALLATION_VARIABLE } from '../process/proc.js';
import { KEY_NAMES, KEYS, type Key, type KeySpec, UNUSED_KEYS } from './keys.js';

export type Environment = Readonly<Record<string, string | undefined>>;

/** The text of a key and the environment variable that it is from. */
export interface SourcedText {
  text: string;
  variable: string;
}

const ENVIRONMENT_NAME = /^[A-Za-z_][A-Za-z0-9_.-]*$/;

const isOwn = (key: string): boolean => key === key.toUpperCase();

/** The names under which a key is looked for, the first one that is set wins. */
const variablesOf = (key: string): string[] => (isOwn(key) ? [key] : [key, key.toUpperCase()]);

/**
 * Shells and container runtimes set some names of their own accord, in capitals. A machine's own name would, as a route's host, keep
 * everybody out; and a name without a place for the user would be everybody's.
 */
const NOT_MEANT: Readonly<Record<string, (text: string, machine: string) => boolean>> = {
  HOSTNAME: (text, machine) => text === machine,
  CONTAINER_NAME: (text) => !text.includes('{}'),
  MODE: (text) => text !== 'rancher' && text !== 'docker',
  DEBUG: (text) => !/^\d+$/.test(text),
};

const isMeant = (variable: string, text: string, machine: string): boolean => !NOT_MEANT[variable]?.(text, machine);

/** Finds a key's text. A value that is empty counts as not set (compose files set such), but for keys that refuse it. */
export function findText(key: Key, environment: Environment, machine: string): SourcedText | undefined {
  const spec: KeySpec = KEYS[key];
  for (const variable of variablesOf(key)) {
    const text = environment[variable];
    if (text === undefined || !isMeant(variable, text, machine)) continue;
    if (spec.refuseEmpty || text.trim() !== '') return { text: spec.refuseEmpty ? text : text.trim(), variable };
  }
  return undefined;
}

/** MOORING_ variables that mean nothing; a shell in a session has the one that Mooring marks its processes by. */
export const unknownVariables = (environment: Environment): string[] =>
  Object.keys(environment)
    .filter((name) => name.startsWith('MOORING_') && name !== INSTALLATION_VARIABLE && !(KEY_NAMES as string[]).includes(name))
    .sort();

/** Variables of narrative-traefiker that are set and do nothing. */
export function unusedVariables(environment: Environment, machine: string): string[] {
  const unused = Object.entries(UNUSED_KEYS).flatMap(([key, why]) =>
    variablesOf(key)
      .filter((name) => (environment[name] ?? '') !== '')
      .map((name) => `${name} (${why})`),
  );
  const foreign = isMeant('CONTAINER_NAME', environment.CONTAINER_NAME ?? '{}', machine)
    ? []
    : ['CONTAINER_NAME (it has no {} for the user)'];
  return [...unused, ...foreign];
}

export interface SessionEnvironment {
  env: Record<string, string>;
  /** What can't be the name of an environment variable. */
  invalid: string[];
}

/** What NARRENV_ variables hand to the sessions: NARRENV_X becomes X. */
export function sessionEnvironment(environment: Environment): SessionEnvironment {
  const found: SessionEnvironment = { env: {}, invalid: [] };
  for (const [variable, value] of Object.entries(environment)) {
    if (!variable.startsWith('NARRENV_') || value === undefined) continue;
    const name = variable.slice('NARRENV_'.length);
    if (ENVIRONMENT_NAME.test(name)) found.env[name] = value;
    else found.invalid.push(variable);
  }
  return found;
}
