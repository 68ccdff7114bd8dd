// A site of made-up sessions, recorded in a store: what a front shows of thousands, though nothing runs. A stand-in for the controller
// meets what is asked of them, and changes some all the time, as sessions do.
import { createRequire } from 'node:module';

const mooring = createRequire(new URL('../packages/mooring/package.json', import.meta.url));
const { createMemoryStore, openCache } = await import(mooring.resolve('@mooring/resources'));

const MINUTE = 60_000;
const DAY = 1440;
const IMAGES = ['kbase/narrative:4.5.1', 'kbase/narrative:4.5.0', 'lab/jupyter-r:2026.3', 'lab/jupyter-gpu:2026.3'];
const GIVEN = ['ada', 'grace', 'alan', 'barbara', 'edsger', 'frances', 'donald', 'radia', 'ken', 'margaret', 'niklaus', 'hedy'];
const FAMILY = ['byron', 'hopper', 'mathison', 'mcclintock', 'dijkstra', 'allen', 'knuth', 'perlman', 'thompson', 'hamilton'];
const POOL = 'mooring.dev/pool';
const IDLE = { afterSeconds: 7200, action: 'Stop', graceSeconds: 600 };
/** How many start at a time. */
const AT_ONCE = 60;
const NO_ROOM = 'Allocation failed: host needs ports 9999/tcp available';

const hex = (number) => ((number * 2654435761) % 16777216).toString(16).padStart(6, '0');

/** Of a hundred sessions in a row: how many are of each kind. */
function kindOf(number) {
  const place = (number * 37) % 100;
  if (place < 1) return 'failed';
  if (place < 4) return 'marked';
  if (place < 7) return 'starting';
  if (place < 8) return 'pending';
  if (place < 17) return 'stopped';
  return 'ready';
}

function condition(type, [status, reason, message], at) {
  return { type, status, reason, message, lastTransitionTime: new Date(at).toISOString() };
}

const STEPS = [
  ['ServiceCreated', 'Created', 'Rancher has the service.', 1_100],
  ['ContainerRunning', 'Running', 'The container runs.', 3_400],
  ['Reachable', 'Answers', 'The container answers.', 2_700],
  ['Routed', 'Seen', 'A request through Traefik has reached it.', 300],
];

/** The steps of a start that began then, as far as they were done. */
function steps(began, done) {
  let at = began;
  return STEPS.map(([type, reason, message, ms], index) => {
    at += ms;
    return index < done
      ? condition(type, ['True', reason, message], at)
      : condition(type, ['False', 'NotYet', 'It is not so far yet.'], began);
  });
}

const CONDITIONS = {
  ready: (at) => [...steps(at, 4), condition('Ready', ['True', 'Seen', 'It is ready.'], at + 7_500)],
  marked: (at) => [
    ...CONDITIONS.ready(at),
    condition('Marked', ['True', 'NotUsed', 'Nobody was seen using it for 2 h.'], Date.now() - 3 * MINUTE),
  ],
  starting: (at) => [...steps(at, 2), condition('Ready', ['False', 'NotReachable', 'The container does not answer yet.'], at)],
  pending: (at) => [...steps(at, 0), condition('Ready', ['False', 'Queued', 'It waits for its turn.'], at)],
  stopped: (at) => [...steps(at, 1), condition('Ready', ['False', 'Stopped', 'It is stopped.'], at)],
  failed: (at) => [
    ...steps(at, 1).with(1, condition('ContainerRunning', ['False', 'RancherError', NO_ROOM], at)),
    condition('Ready', ['False', 'RancherError', NO_ROOM], at),
  ],
};
const PHASES = { ready: 'Ready', marked: 'Ready', starting: 'Starting', pending: 'Pending', stopped: 'Stopped', failed: 'Failed' };

function draftOf(number) {
  const owner = `${GIVEN[number % GIVEN.length]}.${FAMILY[number % FAMILY.length]}${number}`;
  const isWarm = number % 400 === 399;
  const name = isWarm ? `narrativepre-${hex(number)}` : `narrative-${owner.replace('.', '-')}-${hex(number)}`;
  return {
    metadata: { name, ...(isWarm && { labels: { [POOL]: 'narrative' } }) },
    spec: {
      owner: { name: isWarm ? 'system:pool' : owner },
      templateRef: { name: 'narrative', generation: 1 },
      launch: { image: IMAGES[number % 7 < 4 ? 0 : number % IMAGES.length] },
      route: { type: 'cookie' },
      idlePolicy: IDLE,
      running: kindOf(number) !== 'stopped' || isWarm,
    },
  };
}

/** What the status of a session says that is of this kind. */
function statusOf(session, kind) {
  const { generation, creationTimestamp, name } = session.metadata;
  const runs = kind === 'ready' || kind === 'marked';
  return {
    observedGeneration: generation,
    phase: PHASES[kind],
    conditions: CONDITIONS[kind](Date.parse(creationTimestamp)),
    service: { id: `1s${generation}`, name, state: runs ? 'active' : 'inactive' },
    ...(runs && { container: { id: '1i7', name: `${name}-1`, state: 'running' }, address: { ip: '10.42.7.9', port: 8888 } }),
  };
}

/** A day of statistics, as the front keeps them. */
export function dayOfStatistics(people) {
  const samples = Array.from({ length: DAY }, (_, minute) => {
    const busy = 0.72 + 0.26 * Math.sin((minute / DAY) * 2 * Math.PI + 1.3) + 0.02 * Math.sin(minute / 11);
    const ready = Math.round(people * 0.8 * busy);
    return {
      at: Date.now() - (DAY - minute) * MINUTE,
      sessions: {
        Pending: 12,
        Starting: Math.round(40 + 60 * busy),
        Ready: ready,
        Stopping: 3,
        Stopped: Math.round(people * 0.09),
        Failed: 6 + (minute % 13),
        Terminating: 1,
      },
      waiting: 12,
      ended: { Idle: Math.round(9 * (1.2 - busy)), Ended: minute % 29 === 0 ? 2 : 0, Requested: Math.round(3 * busy) },
      ready: { count: 9, p50: 6.5 + 2 * busy, p95: 11 + 7 * busy + (minute % 7) },
    };
  });
  return JSON.stringify({ intervalSeconds: 60, samples });
}

export class Site {
  #turn = 0;
  /** Those that start, by name, in that order. */
  #starting = [];
  /** How many changes were written. */
  changes = 0;

  /** Furnishes a store with so many sessions, made over the last three days. */
  static async open(people) {
    let clock = Date.now() - 3 * DAY * MINUTE;
    const store = createMemoryStore({ now: () => new Date(clock) });
    await store.create('SessionTemplate', {
      metadata: { name: 'narrative' },
      spec: { image: { name: 'kbase/narrative', tag: '4.5.1' }, launch: {}, route: { type: 'cookie' }, idlePolicy: IDLE },
    });
    const pool = await store.create('WarmPool', {
      metadata: { name: 'narrative' },
      spec: { templateRef: { name: 'narrative' }, replicas: 12 },
    });
    await store.updateStatus('WarmPool', { ...pool, status: { ...pool.status, replicas: 12, readyReplicas: 11 } });
    const step = (3 * DAY * MINUTE) / people;
    for (let number = 0; number < people; number += 1) {
      clock += step;
      const session = await store.create('Session', draftOf(number), { secret: 'f'.repeat(64) });
      const kind = session.metadata.labels[POOL] ? 'ready' : kindOf(number);
      await store.updateStatus('Session', { ...session, status: statusOf(session, kind) });
    }
    clock = Date.now();
    const tick = setInterval(() => {
      clock = Date.now();
    }, 50);
    tick.unref();
    const site = new Site();
    const caches = {
      sessions: openCache(store, 'Session'),
      templates: openCache(store, 'SessionTemplate'),
      pools: openCache(store, 'WarmPool'),
    };
    await Promise.all(Object.values(caches).map((cache) => cache.ready()));
    Object.assign(site, { store, caches, tick });
    site.unsubscribe = caches.sessions.subscribe(({ type, object }) => type === 'MODIFIED' && void site.#converge(object));
    return site;
  }

  /** Writes what a session's status says once its spec asks for something else. */
  async #converge(session) {
    const { metadata, spec, status } = session;
    if (metadata.generation === status.observedGeneration && !metadata.annotations['mooring.dev/wanted-at']) return;
    const kind = spec.running ? 'ready' : 'stopped';
    if (metadata.generation === status.observedGeneration && !status.conditions.some(({ type }) => type === 'Marked')) return;
    await this.store.updateStatus('Session', { ...session, status: statusOf(session, kind) }).catch(() => undefined);
  }

  /** So many sessions change their state: what was ready starts anew, and is ready after others have started. */
  async change(many) {
    // Not every session that the walk comes to may start anew.
    for (let left = many, tries = many * 20; left > 0 && tries > 0; tries -= 1) if (await this.#changeOne()) left -= 1;
  }

  /** @returns {Promise<boolean>} whether it was written: somebody may have stopped or deleted it */
  async #changeOne() {
    const isStart = this.#starting.length < AT_ONCE;
    const session = isStart ? this.#nextReady() : this.caches.sessions.get(this.#starting.shift());
    if (session === undefined) return false;
    if (isStart) this.#starting.push(session.metadata.name);
    const status = statusOf(session, isStart ? 'starting' : 'ready');
    const written = await this.store.updateStatus('Session', { ...session, status }).catch(() => undefined);
    if (written !== undefined) this.changes += 1;
    return written !== undefined;
  }

  /** The same walk through the sessions each time; undefined where it came to one that isn't just ready. */
  #nextReady() {
    const sessions = this.caches.sessions.list();
    this.#turn += 1;
    const session = sessions[(this.#turn * 7919) % sessions.length];
    const isPlain =
      session?.status.phase === 'Ready' &&
      !session.metadata.labels[POOL] &&
      !session.status.conditions.some(({ type }) => type === 'Marked');
    return isPlain ? session : undefined;
  }

  async close() {
    clearInterval(this.tick);
    this.unsubscribe();
    for (const cache of Object.values(this.caches)) cache.close();
    await this.store.close();
  }
}

/** What is told of why a session is as it is. */
export function explanationOf(session) {
  const { metadata, spec, status } = session;
  const at = (ms) => new Date(Date.now() - ms).toISOString();
  const quiet = Math.floor(Date.now() / 1000) % 7200;
  return {
    session: metadata.name,
    uid: metadata.uid,
    owner: spec.owner.name,
    phase: status.phase,
    why: status.conditions.find(({ type }) => type === 'Ready')?.message ?? 'It is new.',
    conditions: [],
    idle: {
      policy: { ...IDLE, openConnections: 'active', sources: ['front', 'jupyter', 'network'], startedOnce: 'Restart' },
      action: 'Stop',
      verdict: 'quiet',
      lookedAt: at(4_000),
      quietSeconds: quiet,
      sources: [
        { source: 'front', said: 'quiet: the last navigation was long ago', askedAt: at(4_000) },
        { source: 'jupyter', said: 'quiet: no kernel is busy, nobody is connected', askedAt: at(4_000) },
        { source: 'network', said: 'unknown: there are no statistics of the container', askedAt: at(9_000) },
      ],
      wouldBeMarkedAt: at(-(7200 - quiet) * 1000),
    },
    events: [],
  };
}
