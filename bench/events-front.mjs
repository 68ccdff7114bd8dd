// The front with sessions that are only in memory, for as many people as there are clients; changes them as it is told, and says what it holds.
import { createRequire } from 'node:module';

const mooring = createRequire(new URL('../packages/mooring/package.json', import.meta.url));
const load = (name) => import(mooring.resolve(name));
const [{ buildFront }, { UseLog }, { Registry }, { pino }] = await Promise.all(
  ['@mooring/http-front', '@mooring/resources', 'prom-client', 'pino'].map(load),
);

const people = Number(process.argv[2]);
const at = new Date().toISOString();
const listeners = new Set();
const sessions = new Map(Array.from({ length: people }, (_, number) => [nameOf(number), sessionOf(number)]));
let version = people;

function nameOf(number) {
  return `narrative-person-${number}-0a1b2c`;
}

function condition(type, status, message) {
  return { type, status, reason: 'Seen', message, lastTransitionTime: at, observedGeneration: 1 };
}

/** As a session looks while its container starts. */
function sessionOf(number) {
  return {
    apiVersion: 'mooring.dev/v1',
    kind: 'Session',
    metadata: {
      name: nameOf(number),
      uid: `00000000-0000-4000-8000-${String(number).padStart(12, '0')}`,
      generation: 1,
      resourceVersion: String(number + 1),
      creationTimestamp: at,
      labels: {},
      annotations: {},
      finalizers: [],
    },
    spec: {
      owner: { name: `person-${number}` },
      launch: { image: 'mooring/demo:1', env: {}, labels: {}, port: 8888, capDrop: [], volumes: [] },
      route: { type: 'cookie', cookieName: 'narrative_session', pathPrefix: '/narrative/', hosts: [] },
      probe: { path: '/narrative/api/status' },
      running: true,
    },
    status: {
      observedGeneration: 1,
      phase: 'Starting',
      conditions: [
        condition('ServiceCreated', 'True', `Rancher has the service ${nameOf(number)} (1s${number}).`),
        condition('ContainerRunning', 'True', `The container ${nameOf(number)}-1 runs.`),
        condition('Reachable', 'False', 'The container does not answer yet: ECONNREFUSED.'),
        condition('Routed', 'False', 'A route is laid as soon as the container answers.'),
        condition('Ready', 'False', 'The container does not answer yet: ECONNREFUSED.'),
      ],
    },
  };
}

/** Each session says something new, one after another, as fast as it goes. */
function changeAll() {
  for (const [name, session] of sessions) {
    version += 1;
    const metadata = { ...session.metadata, resourceVersion: String(version) };
    const changed = { ...session, metadata, status: { ...session.status } };
    sessions.set(name, changed);
    for (const listener of listeners) listener({ type: 'MODIFIED', object: changed, before: session });
  }
}

/** What the process holds after the garbage collector, in MB. */
function heldMb() {
  for (let round = 0; round < 3; round++) globalThis.gc();
  return process.memoryUsage().rss / 1024 / 1024;
}

const front = await buildFront({
  store: { get: async (_kind, name) => sessions.get(name) },
  sessions: {
    get: (name) => sessions.get(name),
    list: () => [...sessions.values()],
    labelled: () => [],
    subscribe: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  },
  templates: { get: () => undefined },
  identity: { kind: 'bench', identify: async (user) => ({ user, roles: [] }) },
  settings: { sessionCookie: 'narrative_session', kbaseCookie: 'kbase_session', containerName: 'narrative-{}', templateName: 'narrative' },
  uses: new UseLog(),
  now: Date.now,
  registry: new Registry(),
  logger: pino({ level: 'warn' }, pino.destination(2)),
});
await front.listen({ host: '127.0.0.1', port: 0 });

const ANSWERS = {
  held: heldMb,
  change: () => {
    const began = performance.timeOrigin + performance.now();
    changeAll();
    return began;
  },
};
process.on('message', (question) => {
  if (question === 'close') process.exit(0);
  process.send({ question, answer: ANSWERS[question]() });
});
process.send({ port: front.server.address().port });
