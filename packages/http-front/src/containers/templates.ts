/** `{{ containers.<name>.port.<port> }}` and `{{ containers.<name>.address }}` in the value of an environment variable. */
const REFERENCE = /\{\{\s*containers\.([A-Za-z0-9-]+)\.(?:(address)|port\.(\d{1,5}))\s*\}\}/g;
const ANY = /\{\{.*?\}\}/g;

/** The names of the containers that these values speak of, each once. */
export function neededBy(env: Readonly<Record<string, string>>): string[] {
  const names = Object.values(env).flatMap((value) => [...value.matchAll(REFERENCE)].map(([, name = '']) => name));
  return [...new Set(names)].sort();
}

/** What is in double braces and no reference. */
export function badReferences(value: string): string[] {
  const good = new Set([...value.matchAll(REFERENCE)].map(([text]) => text));
  return [...value.matchAll(ANY)].flatMap(([text]) => (good.has(text) ? [] : [text]));
}

export interface Reachable {
  ip: string;
  /** TCP ports that others may reach. */
  ports: readonly number[];
}

export type Resolved =
  | { kind: 'resolved'; env: Record<string, string> }
  | { kind: 'waiting'; for: string }
  | { kind: 'wrong'; why: string };

/** The values that hold references, filled in; what a container doesn't expose can't be named. Pure. */
export function resolveEnv(env: Readonly<Record<string, string>>, find: (name: string) => Reachable | undefined): Resolved {
  for (const name of neededBy(env)) if (find(name) === undefined) return { kind: 'waiting', for: name };
  const wrong: string[] = [];
  const fill = (value: string): string =>
    value.replaceAll(REFERENCE, (text, name: string, address: string | undefined, port: string) => {
      const found = find(name);
      if (address !== undefined) return found?.ip ?? '';
      if (found?.ports.includes(Number(port)) !== true) wrong.push(text);
      return port;
    });
  const filled = Object.entries(env).flatMap(([key, value]) => (neededBy({ key: value }).length > 0 ? [[key, fill(value)] as const] : []));
  if (wrong.length > 0)
    return { kind: 'wrong', why: `${wrong[0]} names a port that this container does not expose; give it in its "ports".` };
  return { kind: 'resolved', env: Object.fromEntries(filled) };
}

/**
 * The names by which a container would wait for itself, if it would: `needs` tells what those need that there are already. Pure.
 */
export function cycleOf(name: string, needed: readonly string[], needs: (name: string) => readonly string[]): string[] | undefined {
  const seen = new Set<string>();
  const look = (at: string, way: string[]): string[] | undefined => {
    if (at === name) return [...way, at];
    if (seen.has(at)) return undefined;
    seen.add(at);
    for (const next of needs(at)) {
      const found = look(next, [...way, at]);
      if (found) return found;
    }
    return undefined;
  };
  for (const first of needed) {
    const found = look(first, [name]);
    if (found) return found;
  }
  return undefined;
}
