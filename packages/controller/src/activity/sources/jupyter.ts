import { type Asker, Prober } from '../../routes/prober.js';
import type { Clock } from '../../runtime/clock.js';
import type { OwnRequests } from '../own-requests.js';
import type { ActivitySource, Reading, Readings, Target } from '../reading.js';
import { type Continuity, count, countsOpenConnections, heldSince, type Judgement, readEach, timeOf } from './judging.js';
import { askJupyter, type Failed, JUPYTER_LIMITS, type JupyterSample, jupyterProblem } from './jupyter-api.js';
import { RunMemory } from './run-memory.js';

export interface JupyterSeen {
  /** In ms since the epoch, by our clock. */
  at: number;
  /** Since when nothing was connected that counts; undefined where something was, or nobody could see. */
  since: number | undefined;
  /** The latest activity that was told, by our clock. */
  latest: number;
  /** The same as the server told it, by its clock. */
  told: number;
  /** Until when our own questions may have moved the server's `last_activity`, by its clock; undefined where none ever did. */
  askedUntil: number | undefined;
  hasTerminals: boolean;
}

/**
 * What Jupyter says of itself (measured with jupyter-server 2): a busy kernel is somebody's, whether anybody is connected or not; an open
 * websocket doesn't move any `last_activity`, so it counts by itself, where the policy says so. The kernels' and terminals' own times
 * count. The server's own time is moved by every request, ours for kernels and terminals among them, so it counts only beyond those; and
 * not at all where silent connections are to be ignored, as a tab that nobody looks at goes on asking. A kernel that nobody has
 * connected to yet stays `starting`, which is not busy.
 */
export function judgeJupyter(
  previous: JupyterSeen | undefined,
  { sample, at }: { sample: JupyterSample; at: number },
  { openCounts, ...continuity }: Continuity & { openCounts: boolean },
): Judgement<JupyterSeen> {
  const { latest, told } = latestOf(previous, { sample, at, openCounts });
  const seen = {
    at,
    since: undefined,
    latest,
    told,
    askedUntil: sample.askedUntil ?? previous?.askedUntil,
    hasTerminals: sample.terminals !== undefined,
  };
  const busy = sample.kernels.filter(({ execution_state }) => execution_state === 'busy').length;
  if (busy > 0) return { seen, reading: { type: 'active', at, detail: `${count(busy, 'kernel')} busy` } };
  const connections = Math.max(sample.status.connections, sum(sample.kernels.map((kernel) => kernel.connections)));
  if (openCounts && connections > 0)
    return { seen, reading: { type: 'active', at, detail: `${count(connections, 'connection')} to Jupyter` } };
  // Who came and went while it gave no answer is seen by what it tells now.
  if (previous && previous.since === undefined && latest > previous.latest)
    return { seen: { ...seen, since: at }, reading: { type: 'active', at: latest, detail: `used at ${timeOf(latest)}` } };
  const since = heldSince(previous, at, continuity);
  const quiet = Math.max(since, latest);
  return { seen: { ...seen, since }, reading: { type: 'quiet', since: quiet, detail: describe(sample, connections, quiet) } };
}

interface Look {
  sample: JupyterSample;
  at: number;
  openCounts: boolean;
}

/**
 * Nothing is later than now, whatever a clock says. How far the server's clock is from ours is known to a second only: a time that it tells
 * again isn't a later one for that.
 */
function latestOf(previous: JupyterSeen | undefined, { sample, at, openCounts }: Look): Pick<JupyterSeen, 'latest' | 'told'> {
  const { status, kernels, terminals = [], skewMs } = sample;
  const isOurs = previous?.askedUntil !== undefined && status.last_activity <= previous.askedUntil;
  const times = [status.started, ...kernels.map((kernel) => kernel.last_activity), ...terminals];
  if (openCounts && !isOurs) times.push(status.last_activity);
  const told = Math.max(...times);
  if (told === previous?.told) return { latest: previous.latest, told };
  return { latest: Math.max(previous?.latest ?? 0, Math.min(told + skewMs, at)), told };
}

const sum = (numbers: readonly number[]): number => numbers.reduce((all, one) => all + one, 0);

function describe({ kernels }: JupyterSample, connections: number, since: number): string {
  const open = connections > 0 ? `${count(connections, 'silent connection')}, ` : 'no connection, ';
  return `${open}${count(kernels.length, 'kernel')}, none busy, since ${timeOf(since)}`;
}

/** A look that failed: who came and went meanwhile isn't known. */
const jupyterGap = (previous: JupyterSeen): JupyterSeen => ({ ...previous, since: undefined });

interface Options extends Continuity {
  clock: Pick<Clock, 'now'>;
  /** Notes our requests to the container itself. */
  direct: OwnRequests;
  /** Who asks; over the network where nothing else is said. */
  asker?: Asker | undefined;
}

const CONCURRENCY = 32;

/** A Jupyter server's API, below the session's probe path. */
export class Jupyter implements ActivitySource {
  readonly name = 'jupyter';
  readonly cost = 'cheap';
  readonly #memory = new RunMemory<JupyterSeen>();
  readonly #asker: Asker;

  constructor(private readonly options: Options) {
    this.#asker = options.asker ?? new Prober(JUPYTER_LIMITS);
  }

  read(targets: readonly Target[], signal: AbortSignal): Promise<Readings> {
    return readEach(targets, { concurrency: CONCURRENCY, signal }, (target) => this.#read(target));
  }

  async #read(target: Target): Promise<Reading> {
    const { clock, longestGapMs } = this.options;
    const previous = this.#memory.get(target);
    const sample = await this.#ask(target, previous);
    if ('problem' in sample) {
      if (previous) this.#memory.set(target, jupyterGap(previous));
      const { problem, ...which } = sample;
      return { type: 'unknown', why: problem, ...which };
    }
    const policy = { longestGapMs, openCounts: countsOpenConnections(target) };
    const { reading, seen } = judgeJupyter(previous, { sample, at: clock.now() }, policy);
    this.#memory.set(target, seen);
    return reading;
  }

  async #ask(target: Target, previous: JupyterSeen | undefined): Promise<JupyterSample | Failed> {
    const problem = jupyterProblem(target);
    if (problem !== undefined) return { problem };
    const end = this.options.direct.begin(target.session.metadata.uid);
    try {
      return await askJupyter(this.#asker, target, { askTerminals: previous?.hasTerminals ?? true, now: () => this.options.clock.now() });
    } finally {
      end(true);
    }
  }
}
