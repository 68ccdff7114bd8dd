import { ARRANGEMENTS, type Arrangement } from './arrangements.js';
import { exceptionFor } from './exceptions.js';
import type { Recorded } from './exchange.js';
import { Player } from './player.js';
import { byRun, placeOf, type Run } from './runs.js';
import { Server } from './server.js';

export type Verdict =
  | { name: string; verdict: 'passed' }
  | { name: string; verdict: 'failed'; differences: string[] }
  | { name: string; verdict: 'skipped'; reason: string };

interface ReplayOptions {
  /** What is judged. */
  judged: readonly Recorded[];
  /** What only leads up to it: others of the same recordings. */
  others: readonly Recorded[];
}

type Item = { name: string; recorded: Recorded } | { name: string; arrangement: Arrangement };

const skipReason = ({ name, kind }: Recorded): string | undefined => {
  if (kind === 'other') return 'it holds neither an exchange nor states nor frames';
  return exceptionFor(name) ?? (placeOf(name) ? undefined : 'its name does not begin with the numbers of a block of the recordings');
};

/** Whether an exchange that was kept back and is there now does what an arrangement stood in for. */
const isReplaced = (arrangement: Arrangement, recordings: readonly Recorded[]): boolean =>
  recordings.some((recorded) => recorded.kind === 'exchange' && doesTheSame(arrangement, recorded));

const actionOf = (address: string): string | null => new URL(address, 'http://127.0.0.1').searchParams.get('action');

const doesTheSame = ({ unless, method, path }: Arrangement, { name, request }: Extract<Recorded, { kind: 'exchange' }>): boolean =>
  unless !== undefined && name.startsWith(unless) && request.method === method && actionOf(request.url) === actionOf(path);

const judge = async (player: Player, recorded: Recorded): Promise<Verdict> => {
  const { name } = recorded;
  const differences = await player.play(recorded).catch((error: unknown) => [`it could not be replayed: ${String(error)}`]);
  return differences.length === 0 ? { name, verdict: 'passed' } : { name, verdict: 'failed', differences };
};

/** The exchange that comes next says how much time had passed. */
const catchUp = async (player: Player, items: readonly Item[]): Promise<void> => {
  const next = items.find((item) => 'recorded' in item && item.recorded.kind === 'exchange');
  if (next && 'recorded' in next) await player.catchUp(next.recorded);
};

const playAll = async (player: Player, items: readonly Item[]): Promise<Verdict[]> => {
  const verdicts: Verdict[] = [];
  for (const [index, item] of items.entries()) {
    await catchUp(player, items.slice(index));
    if ('arrangement' in item) await player.arrange(item.arrangement);
    else verdicts.push(await judge(player, item.recorded));
  }
  return verdicts;
};

/** Where authentication is switched on, the keys are those that the exchanges make. */
const makesItsKeys = (items: readonly Item[]): boolean => items.some((item) => 'recorded' in item && item.name.startsWith('10-'));

const playRun = async (run: Run, items: readonly Item[]): Promise<Verdict[]> => {
  const server = await Server.start(run);
  try {
    const player = new Player(server);
    if (!makesItsKeys(items)) await player.makeEnvironmentKey();
    return await playAll(player, items);
  } finally {
    await server.close();
  }
};

/**
 * On a machine that is busy otherwise short states last longer than they do: what fails is given a second chance, from
 * the beginning of its run on.
 */
const playTwice = async (run: Run, items: readonly Item[], judged: ReadonlySet<string>): Promise<Verdict[]> => {
  const first = (await playRun(run, items)).filter(({ name }) => judged.has(name));
  if (first.every(({ verdict }) => verdict === 'passed')) return first;
  const second = await playRun(run, items);
  const passed = new Set(second.filter(({ verdict }) => verdict === 'passed').map(({ name }) => name));
  return first.map((verdict) =>
    verdict.verdict === 'failed' && passed.has(verdict.name) ? { name: verdict.name, verdict: 'passed' } : verdict,
  );
};

/** Replays recordings against fresh servers, all in their places, and judges some of them. */
export const replay = async ({ judged, others }: ReplayOptions): Promise<Verdict[]> => {
  const names = new Set(judged.map(({ name }) => name));
  const recordings = [...judged, ...others.filter(({ name }) => !names.has(name))];
  const playable = recordings.filter((recorded) => skipReason(recorded) === undefined);
  const arrangements = ARRANGEMENTS.filter((arrangement) => !isReplaced(arrangement, recordings));
  const items: Item[] = [
    ...playable.map((recorded) => ({ name: recorded.name, recorded })),
    ...arrangements.map((arrangement) => ({ name: arrangement.name, arrangement })),
  ];
  const needed = [...byRun(items)].filter(([, parts]) => parts.some(({ name }) => names.has(name)));
  const played = await Promise.all(needed.map(([run, parts]) => playTwice(run, parts, names)));
  const skipped = judged.flatMap((recorded): Verdict[] => {
    const reason = skipReason(recorded);
    return reason === undefined ? [] : [{ name: recorded.name, verdict: 'skipped', reason }];
  });
  return [...played.flat(), ...skipped].sort((a, b) => (a.name < b.name ? -1 : 1));
};
