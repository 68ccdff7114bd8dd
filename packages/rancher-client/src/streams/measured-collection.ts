import { Collection, type ResourceKind } from '../collection.js';
import { RancherUnreachableError, type RequestName } from '../errors.js';
import { issueSummary } from '../http/answer.js';
import type { Deadline } from '../http/deadline.js';
import type { HttpClient } from '../http/http.js';
import { type ContainerStats, statsAccessSchema, statsFrameSchema } from '../schemas/stats.js';
import { readFrames, type StreamLimits, withinDeadline } from './frames.js';

const DEADLINE_MS = 10_000;
const MAX_BYTES = 4 * 1024 * 1024;

/** Resources whose containers are measured: containers, services, hosts. */
export class MeasuredCollection<T extends { id: string }> extends Collection<T> {
  readonly #http: HttpClient;

  constructor(http: HttpClient, parent: string, kind: ResourceKind<T>) {
    super(http, parent, kind);
    this.#http = http;
  }

  /**
   * What its containers use, all rows of a second at once, for as long as it is read and within the limits (10 s and 4 MiB by default).
   * @throws RancherError, RancherUnreachableError, or the reason of the signal; InvalidAnswer also where no host measures it
   */
  async *containerStats(id: string, limits: StreamLimits = {}): AsyncGenerator<ContainerStats[], void, undefined> {
    const { deadlineMs = DEADLINE_MS, signal } = limits;
    const name = { method: 'GET', path: `${this.itemPath(id)}/containerstats` };
    yield* withinDeadline({ http: this.#http, name, deadlineMs, signal }, (deadline) => this.#rows(name, deadline, limits));
  }

  async *#rows(name: RequestName, deadline: Deadline, { maxBytes = MAX_BYTES }: StreamLimits): AsyncGenerator<ContainerStats[]> {
    const answer = await this.#http.request({ method: 'GET', path: name.path, schema: statsAccessSchema, signal: deadline.signal });
    if (!answer.url || !answer.token) throw invalid(name, 'Rancher has no address for these statistics: no active host measures them');
    const access = { url: answer.url, token: answer.token };
    for await (const frame of readFrames({ endpoint: this.#http.endpoint, access, deadline, maxBytes })) yield decode(name, frame);
  }
}

function decode(name: RequestName, frame: string): ContainerStats[] {
  const parsed = statsFrameSchema.safeParse(parseJson(frame));
  if (parsed.success) return parsed.data;
  throw invalid(name, `a frame is not what Rancher 1.6 sends (${issueSummary(parsed.error)})`);
}

const invalid = (name: RequestName, reason: string): RancherUnreachableError =>
  new RancherUnreachableError(name, { code: 'InvalidAnswer', outcome: 'unknown', reason });

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
