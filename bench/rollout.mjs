// One push to 500 services in three environments, each a local Rancher on the simulated runtime in a process of its own: which are upgraded, how
// many at once, and how many calls that takes.
import { fork } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { figure } from './figures.mjs';

const mooring = createRequire(new URL('../packages/mooring/package.json', import.meta.url));
const load = (name) => import(mooring.resolve(name));

const SERVICES = 500;
const AT_ONCE = 10;
const ENVIRONMENTS = ['dev', 'qa', 'production'];
/** Of those that must be left alone, so many for each that is to be upgraded. */
const OTHERS = [
  { image: 'acme/web2:1.0', labels: { 'autoupdate.enable': 'true' } },
  { image: 'acme/web:1.0', labels: {} },
  { image: 'acme/web:3.0', labels: { 'autoupdate.enable': 'true' } },
];
const NEW = 'docker:acme/web:2.0';

export async function rollout(say) {
  const folder = await mkdtemp(join(tmpdir(), 'mooring-bench-'));
  const ranchers = await Promise.all(ENVIRONMENTS.map((name) => openRancher(join(folder, name))));
  const calls = { reads: 0, lists: 0, acts: 0, most: 0 };
  try {
    say(
      `${SERVICES} services in ${ENVIRONMENTS.length} environments, and ${OTHERS.length * ENVIRONMENTS.length * 10} that are not to be touched …`,
    );
    const site = await openSite(ranchers, calls);
    say('one push …');
    const { tookMs, right, wrong } = await push(site);
    await site.close();
    const all = calls.reads + calls.lists + calls.acts;
    return {
      text: [
        `One push to ${SERVICES} services in ${ENVIRONMENTS.length} environments, ${AT_ONCE} at once: done after ${(tookMs / 1000).toFixed(1)} s; ${right} upgraded, ${wrong} that`,
        `should not have been. ${all} calls of Rancher: ${calls.acts} actions, ${calls.reads} reads, ${calls.lists} lists; at most ${calls.most} services under way.`,
      ].join('\n'),
      figures: [
        figure('rollout.calls_per_service', all / SERVICES, 'calls', 6),
        figure('rollout.not_upgraded', SERVICES - right, 'services', 0),
        figure('rollout.wrongly_upgraded', wrong, 'services', 0),
        figure('rollout.most_at_once', calls.most, 'services', AT_ONCE),
        figure('rollout.ms_per_service', tookMs / SERVICES, 'ms'),
      ],
    };
  } finally {
    for (const { child } of ranchers) child.send('end');
    await Promise.all(ranchers.map(({ ended }) => ended));
    await rm(folder, { recursive: true, force: true });
  }
}

async function openRancher(dataDir) {
  const child = fork(new URL('loop-rancher.mjs', import.meta.url), [dataDir]);
  const ended = new Promise((resolve) => child.once('exit', resolve));
  const { url } = await new Promise((resolve, reject) => {
    child.once('message', resolve);
    child.once('exit', (code) => reject(new Error(`local Rancher has ended with ${code}`)));
  });
  return { child, ended, url };
}

/** Three Ranchers as the environments of one: a key of an account sees them so. */
async function openSite(ranchers, calls) {
  const { RancherClient } = await load('@mooring/rancher-client');
  const clients = ranchers.map(({ url }) => new RancherClient({ url }));
  const projects = clients.map((client) => client.project('1a5'));
  await Promise.all(projects.map((project, index) => furnish(project, Math.ceil((SERVICES - index) / ENVIRONMENTS.length))));
  const rancher = {
    projects: {
      list: async () => {
        calls.lists += 1;
        return ENVIRONMENTS.map((name, index) => ({ id: `1a${index + 5}`, name, state: 'active' }));
      },
    },
    project: (id) => counted(projects[Number(id.slice(2)) - 5], calls),
  };
  return { projects, rancher, calls, close: () => Promise.all(clients.map((client) => client.close())) };
}

async function furnish(project, count) {
  const { id: stackId } = await project.stacks.create({ name: 'site' });
  const make = (name, image, labels) =>
    project.services.create({
      name,
      stackId,
      scale: 1,
      startOnCreate: true,
      launchConfig: { imageUuid: `docker:${image}`, labels, environment: { A: '1' } },
    });
  const own = Array.from({ length: count }, (_, number) => () => make(`web-${number}`, 'acme/web:1.0', { 'autoupdate.enable': 'true' }));
  const others = OTHERS.flatMap(({ image, labels }, kind) =>
    Array.from({ length: 10 }, (_, number) => () => make(`other-${kind}-${number}`, image, labels)),
  );
  const queue = [...own, ...others];
  const work = async () => {
    for (let next = queue.shift(); next; next = queue.shift()) await next();
  };
  await Promise.all(Array.from({ length: 8 }, work));
  while ((await project.services.list()).some(({ state }) => state !== 'active')) await new Promise((resolve) => setTimeout(resolve, 100));
}

/** A page of a list is a call; there are 500 rows on each. */
function counted(project, calls) {
  const { services, stacks } = project;
  return {
    id: project.id,
    subscribe: (options) => project.subscribe(options),
    stacks: {
      list: (...given) => {
        calls.lists += 1;
        return stacks.list(...given);
      },
    },
    services: {
      listAs: async (...given) => {
        const rows = await services.listAs(...given);
        calls.lists += Math.max(1, Math.ceil(rows.length / 500));
        return rows;
      },
      find: (...given) => {
        calls.reads += 1;
        return services.find(...given);
      },
      action: (...given) => {
        calls.acts += 1;
        return services.action(...given);
      },
    },
  };
}

async function push({ projects, rancher, calls }) {
  const [{ openCache, openStore }, { startController }, { Registry }, { pino }] = await Promise.all(
    ['@mooring/resources', '@mooring/controller', 'prom-client', 'pino'].map(load),
  );
  const store = await openStore({ path: ':memory:' });
  const caches = Object.fromEntries(
    Object.entries({ sessions: 'Session', templates: 'SessionTemplate', pools: 'WarmPool', rollouts: 'Rollout' }).map(([name, kind]) => [
      name,
      openCache(store, kind),
    ]),
  );
  await caches.rollouts.ready();
  const nowhere = 'http://127.0.0.1:1';
  const controller = await startController({
    ...caches,
    store,
    routing: { entryPointUrl: nowhere, entryPoint: 'web', fallbackUrl: nowhere, frontPaths: ['/narrative*'], hosts: [], mode: 'http' },
    registry: new Registry(),
    logger: pino({ level: 'silent' }),
  });
  caches.rollouts.subscribe(({ object }) => {
    const underWay = object.status.services.filter(({ phase }) => ['Upgrading', 'Finishing', 'RollingBack'].includes(phase)).length;
    calls.most = Math.max(calls.most, underWay);
  });
  const startedAt = performance.now();
  controller.rollOut({ rollouts: caches.rollouts, rancher });
  await store.create('Rollout', {
    metadata: { name: 'push' },
    spec: { image: 'acme/web:2.0', confirm: true, startFirst: true, timeoutSeconds: 120, strategy: { atOnce: AT_ONCE } },
  });
  await caches.rollouts.waitFor('push', ({ status }) => !['Pending', 'Progressing'].includes(status.phase));
  const tookMs = performance.now() - startedAt;
  await controller.stop();
  await Promise.all(Object.values(caches).map((cache) => cache.close()));
  await store.close();
  const services = (await Promise.all(projects.map((project) => project.services.list()))).flat();
  const upgraded = services.filter(({ launchConfig }) => launchConfig.imageUuid === NEW);
  const right = upgraded.filter(({ name, state }) => name.startsWith('web-') && state === 'active').length;
  return { tookMs, right, wrong: upgraded.filter(({ name }) => !name.startsWith('web-')).length };
}
