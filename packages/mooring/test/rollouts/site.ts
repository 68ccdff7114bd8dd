import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Controller, type Notice, type RolloutRancher, startController } from '@mooring/controller';
import { createSimulatedRuntime, type LocalRancher, recordedPace, startLocalRancher } from '@mooring/local-rancher';
import { type ProjectClient, RancherClient, type Service } from '@mooring/rancher-client';
import { type ObjectCache, openCache, openStore, type Rollout, type RolloutSpec, type Store } from '@mooring/resources';
import { Registry } from 'prom-client';
import { quietLogger } from '../../../../leaks/quiet-logger.js';
import { until } from '../support/until.js';

const logger = quietLogger();

const LAUNCH = {
  labels: { 'autoupdate.enable': 'true', 'io.rancher.container.pull_image': 'always' },
  environment: { GREETING: 'grüezi', EMPTY: '' },
  capDrop: ['CHOWN', 'NET_RAW'],
  dataVolumes: ['files:/work'],
  memory: 64 * 1024 * 1024,
  tty: true,
};

/** Does a call of Rancher's API, or what a test wants in its place. */
export type Around = <T>(name: string, call: () => Promise<T>) => Promise<T>;

/** A client whose calls go through `around`. */
function intercepted(client: RancherClient, around: Around): RolloutRancher {
  const project = client.project('1a5');
  const { services, stacks } = project;
  const wrapped = {
    id: project.id,
    subscribe: (...args: Parameters<typeof project.subscribe>) => project.subscribe(...args),
    stacks: { list: (...args: Parameters<typeof stacks.list>) => around('list stacks', () => stacks.list(...args)) },
    services: {
      listAs: (...args: Parameters<typeof services.listAs>) => around('list services', () => services.listAs(...args)),
      find: (...args: Parameters<typeof services.find>) => around('GET service', () => services.find(...args)),
      action: (...args: Parameters<typeof services.action>) => around(args[1], () => services.action(...args)),
    },
  };
  return {
    projects: { list: (...args) => around('list projects', () => client.projects.list(...args)) },
    project: () => wrapped as unknown as ProjectClient,
  };
}

/** A local Rancher at the recorded pace, in short; containers of images that are said to break can't be started. */
export class RolloutSite {
  readonly notices: Notice[] = [];
  /** The actions that Rancher has taken. */
  readonly taken: string[] = [];
  project!: ProjectClient;
  client!: RancherClient;
  store!: Store;
  stackId = '';
  /** Images that can't be started. */
  breaks: RegExp | undefined;
  #folder = '';
  #rancher!: LocalRancher;
  #running: { controller: Controller; caches: ObjectCache<'Session' | 'SessionTemplate' | 'WarmPool' | 'Rollout'>[] } | undefined;

  static async open({ hundredth = true } = {}): Promise<RolloutSite> {
    const site = new RolloutSite();
    site.#folder = await mkdtemp(join(tmpdir(), 'mooring-rollouts-'));
    const runtime = createSimulatedRuntime({
      failureOf: ({ image }) => (site.breaks?.test(image) ? new Error(`no such image ${image}`) : undefined),
    });
    site.#rancher = await startLocalRancher({
      dataDir: site.#folder,
      port: 0,
      metadataPort: 0,
      pace: recordedPace({ shorten: (ms) => ms / (hundredth ? 100 : 4) }),
      runtime,
      logger,
    });
    site.client = new RancherClient({ url: site.#rancher.url });
    site.project = site.client.project('1a5');
    site.stackId = (await site.project.stacks.create({ name: 'site' })).id;
    site.store = await openStore({ path: ':memory:' });
    return site;
  }

  async close(): Promise<void> {
    await this.stop();
    await this.store.close();
    await this.client.close();
    await this.#rancher.close();
    await rm(this.#folder, { recursive: true, force: true });
  }

  /** Mooring, with rollouts; through another client or store where they are given. */
  async start({ around = (_name, call) => call(), store = this.store }: { around?: Around; store?: Store } = {}): Promise<void> {
    const caches = {
      sessions: openCache(store, 'Session'),
      templates: openCache(store, 'SessionTemplate'),
      pools: openCache(store, 'WarmPool'),
      rollouts: openCache(store, 'Rollout'),
    };
    await caches.rollouts.ready();
    const routing = {
      entryPointUrl: 'http://127.0.0.1:1',
      entryPoint: 'web',
      fallbackUrl: 'http://127.0.0.1:1',
      frontPaths: ['/narrative*'],
      hosts: [],
    };
    const controller = await startController({ ...caches, store, routing: { ...routing, mode: 'http' }, registry: new Registry(), logger });
    const rancher = intercepted(this.client, (name, call) =>
      around(name, async () => {
        const answer = await call();
        if (!/^(GET|list)/.test(name)) this.taken.push(name);
        return answer;
      }),
    );
    controller.rollOut({ rollouts: caches.rollouts, rancher, tell: (notice) => this.notices.push(notice) });
    this.#running = { controller, caches: Object.values(caches) };
  }

  async stop(): Promise<void> {
    const running = this.#running;
    this.#running = undefined;
    await running?.controller.stop();
    await Promise.all(running?.caches.map((cache) => cache.close()) ?? []);
  }

  /** An active service. */
  async service(name: string, image = 'acme/web:1.0', extra: object = {}, sidekicks: object[] = []): Promise<Service> {
    const launchConfig = { ...LAUNCH, imageUuid: `docker:${image}`, ...extra };
    const body = { name, stackId: this.stackId, scale: 1, startOnCreate: true, launchConfig, secondaryLaunchConfigs: sidekicks };
    const { id } = await this.project.services.create(body);
    return this.state(id, 'active');
  }

  async state(id: string, state: string): Promise<Service> {
    let service: Service | undefined;
    await until(async () => {
      service = await this.project.services.get(id);
      return service.state === state;
    });
    return service as Service;
  }

  push(image: string, spec: Partial<RolloutSpec> = {}, name = 'push'): Promise<Rollout> {
    return this.store.create('Rollout', { metadata: { name }, spec: { image, confirm: true, timeoutSeconds: 10, ...spec } });
  }

  /** The Rollout, once it is so. */
  async rollout(test: (rollout: Rollout) => boolean, name = 'push'): Promise<Rollout> {
    let found: Rollout | undefined;
    await until(async () => {
      found = await this.store.get('Rollout', name);
      return found !== undefined && test(found);
    });
    return found as Rollout;
  }

  finished(name = 'push'): Promise<Rollout> {
    return this.rollout(({ status }) => !['Pending', 'Progressing'].includes(status.phase), name);
  }
}

/** But for what each upgrade makes anew. */
export function launchOf({ launchConfig }: Service): object {
  return withoutVersion({ ...launchConfig });
}

export const sidekicksOf = ({ secondaryLaunchConfigs }: Service): object[] => secondaryLaunchConfigs.map(withoutVersion);

function withoutVersion({ version: _version, ...rest }: Record<string, unknown>): object {
  return rest;
}
