import type { Project, ProjectClient, RancherClient, Service } from '@mooring/rancher-client';
import type { RolloutSpec } from '@mooring/resources';
import type { Logger } from 'pino';
import type { Clock } from '../runtime/clock.js';
import { Informer } from '../runtime/informer.js';
import { EnvironmentSource } from './environment-source.js';
import { environmentRank } from './select.js';
import { type Target, targetKey } from './target.js';

/** What of Rancher's API rollouts need. */
export type RolloutRancher = Pick<RancherClient, 'project'> & { projects: Pick<RancherClient['projects'], 'list'> };

export interface EnvironmentsOptions {
  client: RolloutRancher;
  clock: Clock;
  log: Logger;
  /** Something was seen that a Rollout may go on by. */
  onChange: () => void;
}

interface Environment {
  source: EnvironmentSource;
  informer: Informer<Target>;
}

const INACTIVE: ReadonlySet<string> = new Set(['inactive', 'removed', 'removing', 'purged']);

/** The services of all environments that the key sees and some Rollout matches, followed for as long as a Rollout is under way. */
export class Environments {
  readonly #open = new Map<string, Environment>();
  /** The Rollouts, by uid, for which it was asked which environments there are. */
  readonly #known = new Set<string>();
  #projects: Pick<Project, 'id' | 'name'>[] = [];

  constructor(private readonly options: EnvironmentsOptions) {}

  /** Opens what a Rollout matches; asks Rancher once for each Rollout, since environments come and go. @throws what Rancher says */
  async follow(uid: string, spec: RolloutSpec): Promise<void> {
    if (!this.#known.has(uid)) {
      const projects = await this.options.client.projects.list();
      this.#projects = projects.filter(({ state }) => !INACTIVE.has(state)).map(({ id, name }) => ({ id, name }));
      this.#known.add(uid);
    }
    for (const project of this.#projects) {
      if (environmentRank(spec, project.name) !== undefined && !this.#open.has(project.id)) this.#follow(project);
    }
  }

  /** Nothing is under way any more. */
  async close(): Promise<void> {
    const open = [...this.#open.values()];
    this.#open.clear();
    this.#known.clear();
    await Promise.all(open.map(({ informer }) => informer.stop()));
  }

  /** Whether all that a Rollout matches was listed; only true once it is followed. */
  isComplete(spec: RolloutSpec): boolean {
    return this.#projects.every(
      ({ id, name }) => environmentRank(spec, name) === undefined || this.#open.get(id)?.informer.synced === true,
    );
  }

  listed(): Set<string> {
    return new Set([...this.#open].flatMap(([id, { informer }]) => (informer.synced ? [id] : [])));
  }

  targets(): Map<string, Target> {
    const targets = new Map<string, Target>();
    for (const { informer } of this.#open.values()) for (const target of informer.values()) targets.set(target.key, target);
    return targets;
  }

  stackName({ environment, stackId }: Target): string | undefined {
    return this.#open.get(environment.id)?.source.stackName(stackId);
  }

  /** Lists all again, for where no event comes through. */
  async relist(): Promise<void> {
    await Promise.all([...this.#open.values()].map(({ informer }) => informer.relist()));
  }

  /** Asks for one service, past what was seen, and takes the answer in; undefined where there is none. */
  async read(environmentId: string, id: string): Promise<Service | undefined> {
    const { source, informer } = this.#of(environmentId);
    const key = targetKey({ id: environmentId }, id);
    const before = informer.get(key);
    const service = await source.read(id);
    if (!service) informer.delete(key);
    else if (informer.get(key) === before) take(informer, source.see(service));
    return service;
  }

  /** What it answers is taken in. */
  async act(environmentId: string, id: string, { action, body }: { action: string; body?: object }): Promise<void> {
    const { source, informer } = this.#of(environmentId);
    const before = informer.get(targetKey({ id: environmentId }, id));
    const target = source.see(await source.client.services.action(id, action, body));
    // An event may have told of what came of it before its answer was here.
    if (informer.get(target.key) === before) take(informer, target);
  }

  see(environmentId: string, service: Service): Target {
    return this.#of(environmentId).source.see(service);
  }

  #of(environmentId: string): Environment {
    const environment = this.#open.get(environmentId);
    if (!environment) throw new Error(`The environment ${environmentId} is not followed.`);
    return environment;
  }

  #follow(project: Pick<Project, 'id' | 'name'>): void {
    const { client, clock, log, onChange } = this.options;
    const source = new EnvironmentSource(project, client.project(project.id) satisfies ProjectClient);
    const informer = new Informer<Target>({ source, clock, log: log.child({ environment: project.name }) });
    informer.onChange(onChange);
    informer.onListed(onChange);
    this.#open.set(project.id, { source, informer });
    informer.start();
  }
}

function take(informer: Informer<Target>, target: Target): void {
  if (target.gone) informer.delete(target.key);
  else informer.set(target);
}
