/** How a server was set up for a part of the recordings: ids mean the same throughout a run. */
export interface Run {
  name: string;
  hosts: number;
  hostProxy: boolean;
}

const FIRST: Run = { name: 'first', hosts: 2, hostProxy: false };
const PROXY: Run = { name: 'proxy', hosts: 1, hostProxy: true };
const KEYS: Run = { name: 'keys', hosts: 0, hostProxy: true };
const CLIENTS: Run = { name: 'clients', hosts: 2, hostProxy: true };
/** The captures of the change stream make what they watch themselves, so they need no place among the others. */
const WATCH: Run = { name: 'watch', hosts: 2, hostProxy: true };

interface Stretch {
  run: Run;
  block: number;
  /** Numbers within the block, both included. */
  from: number;
  to: number;
}

const stretch = (run: Run, block: number, from = 0, to = Number.POSITIVE_INFINITY): Stretch => ({ run, block, from, to });

/** The order in which the recordings were made, by the numbers in their names (the Date headers tell it). */
const STRETCHES: readonly Stretch[] = [
  stretch(FIRST, 1),
  stretch(FIRST, 2),
  stretch(FIRST, 7, 0, 8),
  stretch(FIRST, 3, 0, 19),
  stretch(FIRST, 7, 9, 10),
  stretch(FIRST, 3, 20),
  stretch(FIRST, 4, 0, 29),
  stretch(FIRST, 5, 0, 19),
  stretch(FIRST, 8),
  stretch(FIRST, 7, 11, 29),
  stretch(FIRST, 4, 30, 39),
  stretch(FIRST, 9),
  stretch(PROXY, 5, 20),
  stretch(KEYS, 10),
  stretch(CLIENTS, 11),
  stretch(CLIENTS, 4, 40),
  stretch(CLIENTS, 0),
  stretch(CLIENTS, 7, 30),
  stretch(WATCH, 6),
];

interface Place {
  run: Run;
  /** Where it comes among all; names decide within a stretch. */
  order: number;
}

/** Where a name belongs; undefined where its numbers say nothing. */
export const placeOf = (name: string): Place | undefined => {
  const [, block, number] = /^(\d+)-(\d+)/.exec(name) ?? [];
  const order = STRETCHES.findIndex((part) => part.block === Number(block) && part.from <= Number(number) && Number(number) <= part.to);
  const run = STRETCHES[order]?.run;
  return run && { run, order };
};

/** Recorded later than their names say. */
const LATER: Readonly<Record<string, string>> = { '10-01b': '10-03z' };

const sortKey = (name: string): string => {
  const [number = ''] = /^\d+-\d+[a-z]*/.exec(name) ?? [];
  return `${LATER[number] ?? number}${name.slice(number.length)}`;
};

const byPlace = (a: { name: string }, b: { name: string }): number => {
  const order = (placeOf(a.name)?.order ?? 0) - (placeOf(b.name)?.order ?? 0);
  if (order !== 0) return order;
  return sortKey(a.name) < sortKey(b.name) ? -1 : 1;
};

/** What belongs to each run, in the order of the recordings. */
export const byRun = <T extends { name: string }>(items: readonly T[]): Map<Run, T[]> => {
  const runs = new Map<Run, T[]>();
  for (const item of [...items].sort(byPlace)) {
    const run = placeOf(item.name)?.run;
    if (run) runs.set(run, [...(runs.get(run) ?? []), item]);
  }
  return runs;
};
