import { setTimeout as sleep } from 'node:timers/promises';
import { type Arrangement, plainService } from './arrangements.js';
import { compareAnswers } from './compare.js';
import type { Recorded } from './exchange.js';
import { Ids, isObject, type Unknown } from './ids.js';
import { shorten } from './pace.js';
import { Roles } from './roles.js';
import { compareSequences } from './sequence.js';
import type { OurAnswer, Server } from './server.js';
import { replayTogether } from './together.js';
import { watchChanges, watchHandshake } from './watching.js';

type Exchange = Extract<Recorded, { kind: 'exchange' }>;
type States = Extract<Recorded, { kind: 'states' }>;

const PROJECT = '/v2-beta/projects/1a5';
const JSON_BODY = { 'content-type': 'application/json' };
/** How long something may take to come to rest, in milliseconds. */
const SETTLE_MS = 4000;
const STATES_MS = 6000;
const READ_MS = 1500;
/** Within this what isn't seen moving in lists has moved: keys, for one. */
const QUIET_MS = 60;
/** After so long a gap in the recordings all had come to rest. */
const LONG_GAP_MS = 5000;
const NOT_SENT = new Set(['authorization', 'host', 'connection', 'accept-encoding', 'content-length']);

/** What the last change was done to, and what was seen of it before. */
interface Subject {
  collection: string;
  /** Our id. */
  id: string;
  /** By id, how many states had been seen. */
  since: number;
  at: number;
}

const hasName = (body: unknown): boolean => (isObject(body) ? 'name' in body : typeof body === 'string' && body.includes('name='));

/** What belongs together begins with the same, e.g. `07-14`. */
const numberOf = (name: string): string | undefined => /^\d+-\d+/.exec(name)?.[0];

/** Nobody watched hosts: what changed with them is the service before. */
const isOfHost = (path: string): boolean => path.startsWith('hosts/');

/** Replays one run: each exchange against one server, ids mapped from answer to answer. */
export class Player {
  readonly #server: Server;
  readonly #ids = new Ids();
  readonly #roles = new Roles();
  /** Our ids of what was made up here, so that nobody expects the recorded names and launchConfigs. */
  readonly #madeUp = { name: new Set<string>(), launchConfig: new Set<string>() };
  #subject: Subject | undefined;
  #lastDate: number | undefined;
  /** The number of what was done last, where the next came at once: meanwhile time stands still. */
  #quick: string | undefined;

  constructor(server: Server) {
    this.#server = server;
  }

  /** @returns how it differs from the recording, each difference as a clause */
  async play(recorded: Recorded): Promise<string[]> {
    if (!(recorded.kind === 'exchange' && recorded.request.method !== 'GET' && numberOf(recorded.name) === this.#quick)) this.#goOn();
    switch (recorded.kind) {
      case 'exchange':
        return this.#exchange(recorded);
      case 'states':
        return this.#states(recorded);
      case 'frames':
        return watchChanges(this.#server, recorded, this.#authorization(recorded.name));
      case 'handshake':
        return watchHandshake(this.#server, recorded, this.#authorization(recorded.name));
      case 'results':
        return replayTogether(this.#server, recorded);
      default:
        return [];
    }
  }

  /** Something that the recordings don't tell of, but lead up to. */
  async arrange(arrangement: Arrangement): Promise<void> {
    const { method, as, container, isQuick } = arrangement;
    if (as !== undefined && method === 'POST' && this.#ids.has(as)) return;
    if (isQuick) this.#hold(arrangement.name);
    else this.#goOn();
    const { body } = await this.#sendArranged(arrangement);
    if (isObject(body)) this.#arranged(arrangement, String(body.id));
    if (!isQuick) await this.#settle(SETTLE_MS);
    if (container !== undefined && as !== undefined) await this.#learnContainer(as, container);
  }

  #sendArranged({ method, path, body }: Arrangement): Promise<OurAnswer> {
    const url = new URL(`${PROJECT}/${path}`, this.#server.origin);
    if (!isOfHost(path)) this.#mark(url, method);
    return this.#server.call({
      method,
      path: this.#ids.translateUrl(url),
      headers: JSON_BODY,
      ...(body && { body: JSON.stringify(this.#ids.translate(body)) }),
    });
  }

  #arranged({ method, as }: Arrangement, id: string): void {
    if (method !== 'GET') this.#madeUp.launchConfig.add(id);
    if (as !== undefined) this.#standIn(as, id);
  }

  #hold(name: string): void {
    this.#quick = numberOf(name);
    this.#server.clock.hold();
  }

  #goOn(): void {
    this.#quick = undefined;
    this.#server.clock.goOn();
  }

  #standIn(as: string, ours: string): void {
    this.#created(as, ours);
    this.#madeUp.name.add(ours);
  }

  async makeEnvironmentKey(): Promise<void> {
    await this.#roles.makeEnvironmentKey(this.#server);
  }

  #authorization(name: string): Record<string, string> {
    const authorization = this.#roles.authorization(name);
    return authorization === undefined || name.includes('unscoped') !== name.includes('envkey-unscoped') ? {} : { authorization };
  }

  async #exchange(recorded: Exchange): Promise<string[]> {
    const url = new URL(recorded.request.url);
    await this.#provide([...this.#ids.unknownIn(url), ...this.#ids.unknownAs(recorded.request.body, 'stackId', '1st')]);
    this.#mark(url, recorded.request.method);
    const local = { ...recorded, response: this.#here(recorded.response, url.host) };
    const begin = performance.now();
    const answer = await this.#send(local, url);
    // What came next came no sooner.
    await sleep(Math.max(0, shorten(local.response.seconds * 1000) - (performance.now() - begin)));
    this.#changed(local, answer, url);
    return this.#compare(local, answer, url);
  }

  /** What was made by the last request may take a moment to be there: what is only read is read again. */
  async #compare(recorded: Exchange, first: OurAnswer, url: URL): Promise<string[]> {
    const { request, response } = recorded;
    const isMadeUp = (id: string, field: 'name' | 'launchConfig'): boolean => this.#madeUp[field].has(id);
    const end = performance.now() + READ_MS;
    let answer = first;
    let differences = compareAnswers({ recorded: response, ours: answer, ids: this.#ids, isMadeUp });
    while (differences.length > 0 && request.method === 'GET' && performance.now() < end) {
      await sleep(20);
      answer = await this.#send(recorded, url);
      differences = compareAnswers({ recorded: response, ours: answer, ids: this.#ids, isMadeUp });
    }
    this.#ids.learn(response.body, answer.body);
    return differences;
  }

  /** The answer with our address instead of the recorded server's. */
  #here(response: Exchange['response'], host: string): Exchange['response'] {
    const text = JSON.stringify(response).replaceAll(host, new URL(this.#server.origin).host);
    return JSON.parse(text) as Exchange['response'];
  }

  /** What a recorded change tells of: what was created, and what it is called and made of from now on. */
  #changed({ request, response }: Exchange, answer: OurAnswer, url: URL): void {
    const id = isObject(answer.body) ? String(answer.body.id) : '';
    if (request.method === 'POST' && answer.status === 201 && response.status === 201) this.#learnCreated(response.body, answer.body, url);
    if (request.method === 'PUT' && answer.status === 200 && hasName(request.body)) this.#madeUp.name.delete(id);
    if (url.searchParams.get('action') === 'upgrade' && answer.status === 202) this.#madeUp.launchConfig.delete(id);
  }

  async #send({ name, request }: Exchange, url: URL): Promise<OurAnswer> {
    const kept = Object.entries(request.headers).filter(([header]) => !NOT_SENT.has(header.toLowerCase()));
    const authorization = 'Authorization' in request.headers ? this.#roles.authorization(name) : undefined;
    const headers = { ...Object.fromEntries(kept), ...(authorization !== undefined && { authorization }) };
    const { body } = request;
    const text = typeof body === 'string' ? body : JSON.stringify(this.#ids.translate(body));
    return this.#server.call({
      method: request.method,
      path: this.#ids.translateUrl(url),
      headers,
      ...(body !== null && body !== undefined && { body: text }),
    });
  }

  #learnCreated(recorded: unknown, ours: unknown, url: URL): void {
    this.#roles.learn(ours);
    if (!isObject(recorded) || !isObject(ours) || typeof recorded.id !== 'string' || typeof ours.id !== 'string') return;
    this.#created(recorded.id, ours.id);
    const collection = url.pathname.split('/').at(-1) ?? '';
    this.#subject = { collection, id: ours.id, since: 0, at: performance.now() };
  }

  #created(recorded: string, ours: string): void {
    this.#ids.link(recorded, ours);
    this.#subject = { collection: '', id: ours, since: 0, at: performance.now() };
  }

  /** What a change is done to is what the states that follow are about. */
  #mark(url: URL, method: string): void {
    if (method === 'GET') return;
    const [, collection = '', id] = /\/(\w+)\/(1[a-z]+\d+|[\w-]+)\/?$/.exec(url.pathname) ?? [];
    const ours = id === undefined ? undefined : this.#ids.ours(id);
    if (ours !== undefined) this.#subject = { collection, id: ours, since: this.#server.seen(ours).length, at: performance.now() };
  }

  /** Ids that nothing before explains get something of their kind. */
  async #provide(unknown: readonly Unknown[]): Promise<void> {
    for (const { id, prefix } of unknown) {
      if (prefix === '1h') this.#ids.link(id, id);
      if (prefix === '1s' || prefix === '1i') await this.#provideService(id, prefix);
      if (prefix === '1st') await this.#provideStack(id);
    }
  }

  async #provideStack(as: string): Promise<void> {
    await this.arrange({ name: as, method: 'POST', path: 'stacks', as, body: { name: `stand-in-${as}` } });
  }

  async #provideService(id: string, prefix: string): Promise<void> {
    const stack = 'stack-of-stand-ins';
    if (!this.#ids.has(stack)) await this.arrange({ name: stack, method: 'POST', path: 'stacks', as: stack, body: { name: stack } });
    const as = prefix === '1i' ? `service of ${id}` : id;
    const body = plainService(`stand-in-${id}`, stack);
    await this.arrange({ name: id, method: 'POST', path: 'services', as, body, ...(prefix === '1i' && { container: id }) });
  }

  async #learnContainer(service: string, container: string): Promise<void> {
    const { body } = await this.#server.call({ method: 'GET', path: `${PROJECT}/services/${this.#ids.ours(service)}/instances` });
    const [first] = isObject(body) && Array.isArray(body.data) ? body.data : [];
    if (isObject(first)) this.#ids.link(container, String(first.id));
  }

  /** Where time passed before a recorded exchange, it passes here. */
  async catchUp(recorded: Recorded): Promise<void> {
    if (recorded.kind !== 'exchange') return;
    const { response } = recorded;
    const date = Date.parse(new Headers(response.headers).get('date') ?? '');
    const gap = this.#lastDate === undefined || Number.isNaN(date) ? 0 : date - this.#lastDate;
    if (!Number.isNaN(date)) {
      this.#lastDate = date;
      this.#server.time.pass(date, Date.now());
    }
    if (gap > 0) this.#goOn();
    if (gap >= LONG_GAP_MS) await this.#settle(SETTLE_MS / 4);
    else if (gap > 0) await this.#pass(shorten(gap));
  }

  /** So long, or until all has come to rest and nothing more would happen. */
  async #pass(ms: number): Promise<void> {
    await sleep(Math.min(ms, QUIET_MS));
    await this.#settle(ms - QUIET_MS);
  }

  /** Until nothing moves any more, or what moves is failing over and over. */
  async #settle(withinMs: number): Promise<void> {
    const end = performance.now() + withinMs;
    while (performance.now() < end) {
      const moving = await Promise.all(
        ['services?limit=3000', 'stacks', 'containers?limit=3000', 'hosts'].map((path) => this.#isMoving(path)),
      );
      if (!moving.includes(true)) return;
      // Lists cost more than what is told anyway, which may come a moment late.
      do await sleep(5);
      while (this.#server.isMoving && performance.now() < end);
    }
  }

  async #isMoving(path: string): Promise<boolean> {
    const { body } = await this.#server.call({ method: 'GET', path: `${PROJECT}/${path}` });
    const items = isObject(body) && Array.isArray(body.data) ? body.data.filter(isObject) : [];
    return items.some(({ transitioning }) => transitioning === 'yes');
  }

  async #states({ name, states }: States): Promise<string[]> {
    const subject = await this.#subjectOf(name);
    if (subject === undefined) return ['nothing was changed before, so there are no states to see'];
    const recorded = states.map((step) => ({ ...step, transitioning: step.transitioning ?? 'no' }));
    const seen = () => this.#server.seen(subject.id).slice(Math.max(0, subject.since - 1));
    const end = performance.now() + STATES_MS;
    while (compareSequences(recorded, seen()).length > 0 && performance.now() < end) await sleep(10);
    return compareSequences(recorded, seen());
  }

  /** What the states are about: what was changed last, or its container or service where the name says so. */
  async #subjectOf(name: string): Promise<Subject | undefined> {
    const subject = this.#subject;
    const kind = /container|service/.exec(name)?.[0];
    if (subject === undefined || kind === undefined) return subject;
    const isContainer = subject.id.startsWith('1i');
    if (isContainer === (kind === 'container')) return subject;
    if (!isContainer) {
      const container = this.#server.containerOf(subject.id, subject.at);
      return container === undefined ? subject : this.#sinceThen(container, subject);
    }
    const link = `containers/${subject.id}/services`;
    const { body } = await this.#server.call({ method: 'GET', path: `${PROJECT}/${link}` });
    const [other] = isObject(body) && Array.isArray(body.data) ? body.data.filter(isObject) : [];
    return other ? this.#sinceThen(String(other.id), subject) : subject;
  }

  #sinceThen(id: string, { collection, at }: Subject): Subject {
    return { collection, id, since: this.#server.seen(id).filter((step) => step.at < at).length, at };
  }
}
