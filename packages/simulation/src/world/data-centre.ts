import { SESSION_LABEL } from '@mooring/controller';
import {
  type ContainerRecord,
  createEmbeddedRancher,
  createSimulatedRuntime,
  type EmbeddedRancher,
  type Pace,
  recordedPace,
  type ServiceRecord,
  type SimulatedRuntime,
} from '@mooring/local-rancher';
import type { Logger } from 'pino';

const PROJECT = '/v2-beta/projects/1a5';
const HOSTS = 3;
/** A container answers up to so long after its start. */
const BOOT_MS = 1000;

/** Longer than was recorded, so that many a DELETE comes in that time. */
const LOSES_DELETES_WITHIN_MS = 400;

const AGAIN_MS = 1000;

/** States in which a service is on its way out. */
const LEAVING = new Set(['removing', 'removed']);

/** A Rancher with its hosts, and what people who aren't Mooring do there. */
export class DataCentre {
  readonly rancher: EmbeddedRancher;
  readonly #runtime: SimulatedRuntime;
  /** Names of containers that can't be started now. */
  readonly #broken = new Set<string>();
  /** When each container's program was started, by the container's uuid. */
  readonly #started = new Map<string, number>();
  #stackId = '';

  constructor(logger: Logger) {
    const runtime = createSimulatedRuntime({
      failureOf: ({ name }) => (this.#broken.has(name) ? new Error(`Failed to pull the image of ${name}`) : undefined),
    });
    this.#runtime = {
      ...bound(runtime),
      start: async (spec) => {
        const started = await runtime.start(spec);
        this.#started.set(spec.uuid, performance.now());
        return started;
      },
    };
    // The races of a real Rancher are the faults' business here: what they are made of must be in the schedule.
    const pace: Pace = { ...recordedPace(), losesDeletesWithinMs: LOSES_DELETES_WITHIN_MS };
    this.rancher = createEmbeddedRancher({ runtime: this.#runtime, pace, hosts: HOSTS, logger });
    this.makeStack();
  }

  /** The id of the stack that sessions belong in. */
  get stackId(): string {
    return this.#stackId;
  }

  /** Rancher refuses while the one before is on its way out. */
  makeStack(): void {
    const { id } = this.post('/stacks', { name: 'mooring' });
    if (id.startsWith('1st')) this.#stackId = id;
    else setTimeout(() => this.makeStack(), AGAIN_MS);
  }

  removeStack(): void {
    this.rancher.ask({ method: 'DELETE', path: `${PROJECT}/stacks/${this.#stackId}` });
  }

  /** Services of our stack that aren't on their way out, by age. */
  services(): ServiceRecord[] {
    const stack = Number(this.#stackId.slice(3));
    return [...this.rancher.records.services()]
      .filter(({ stackId, state }) => stackId === stack && !LEAVING.has(state))
      .sort((a, b) => a.id - b.id);
  }

  /** Containers that aren't gone, by age. */
  containers(): ContainerRecord[] {
    return [...this.rancher.records.containers()].filter(({ state }) => !LEAVING.has(state)).sort((a, b) => a.id - b.id);
  }

  containersOf(service: ServiceRecord): ContainerRecord[] {
    return this.containers().filter(({ serviceId }) => serviceId === service.id);
  }

  /** The container that runs at an address. */
  runningAt(ip: string): ContainerRecord | undefined {
    for (const container of this.rancher.records.containers()) if (container.address === ip && this.isRunning(container)) return container;
    return undefined;
  }

  isRunning({ uuid, state }: ContainerRecord): boolean {
    return state === 'running' && this.#runtime.isRunning(uuid);
  }

  /** Whether its program answers by now. */
  answers(container: ContainerRecord): boolean {
    const boot = Number.parseInt(container.uuid.slice(0, 4), 16) % BOOT_MS;
    return this.isRunning(container) && performance.now() - this.startedAt(container) >= boot;
  }

  /** When its program was started last, in ms after the start of all. */
  startedAt({ uuid }: ContainerRecord): number {
    return this.#started.get(uuid) ?? 0;
  }

  post(path: string, body: object): { id: string } {
    return JSON.parse(this.rancher.ask({ method: 'POST', path: `${PROJECT}${path}`, body: JSON.stringify(body) }).text);
  }

  delete(path: string): void {
    this.rancher.ask({ method: 'DELETE', path: `${PROJECT}${path}` });
  }

  /** The program ends by itself. */
  exit({ uuid }: ContainerRecord): void {
    this.#runtime.exit(uuid);
  }

  /** From now on containers of this name can't be started, or can again. */
  setStartable({ name }: ContainerRecord, canStart: boolean): void {
    if (canStart) this.#broken.delete(name);
    else this.#broken.add(name);
  }

  /** The agent of a host goes away or comes back. */
  setHost(id: string, isConnected: boolean): void {
    if (this.#hosts().some((host) => id === `1h${host.id}`)) this.rancher.setHostConnected(id, isConnected);
  }

  /** For good, with all that runs there; the last one stays. */
  removeHost(id: number): void {
    if (this.#hosts().length < 2) return;
    this.post(`/hosts/1h${id}?action=deactivate`, {});
    setTimeout(() => this.delete(`/hosts/1h${id}`), 1000);
  }

  /** What people broke is mended. */
  repair(): void {
    this.#broken.clear();
    for (const { id } of this.#hosts()) this.rancher.setHostConnected(`1h${id}`, true);
    for (const { id, name } of this.services())
      if (/^(narrative|foreign)-person-\d+$/.test(name) && !this.#isOurs(id)) this.delete(`/services/1s${id}`);
  }

  #hosts() {
    return [...this.rancher.records.hosts()].filter(({ state }) => !LEAVING.has(state));
  }

  #isOurs(id: number): boolean {
    return this.services().some((service) => service.id === id && sessionOf(service) !== undefined);
  }

  close(): void {
    this.rancher.close();
  }
}

/** The uid of the Session whose service it says it is. */
export const sessionOf = ({ launchConfig }: Pick<ServiceRecord, 'launchConfig'>): string | undefined => {
  const labels = launchConfig?.labels as Record<string, unknown> | undefined;
  const uid = labels?.[SESSION_LABEL];
  return typeof uid === 'string' ? uid : undefined;
};

/** The methods of an object of a class, as a plain object's. */
const bound = (runtime: SimulatedRuntime): SimulatedRuntime => ({
  recover: (known) => runtime.recover(known),
  start: (spec) => runtime.start(spec),
  stop: (uuid) => runtime.stop(uuid),
  remove: (uuid) => runtime.remove(uuid),
  onExit: (listener) => runtime.onExit(listener),
  isRunning: (uuid) => runtime.isRunning(uuid),
  onHealth: (listener) => runtime.onHealth(listener),
  onProgress: (listener) => runtime.onProgress(listener),
  readLog: (uuid, order) => runtime.readLog(uuid, order),
  openShell: (uuid, order) => runtime.openShell(uuid, order),
  usageOf: (uuid) => runtime.usageOf(uuid),
  close: () => runtime.close(),
  exit: (uuid, exit) => runtime.exit(uuid, exit),
});
