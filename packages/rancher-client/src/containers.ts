import { actionQuery, type CallOptions } from './collection.js';
import { InvalidArgumentError, RancherUnreachableError } from './errors.js';
import type { Deadline } from './http/deadline.js';
import type { HttpClient } from './http/http.js';
import { CONTAINERS } from './kinds.js';
import { type Container, type HostAccess, hostAccessSchema } from './schemas/container.js';
import { framesOf, Output } from './streams/execute.js';
import { readFrames, type StreamLimits, withinDeadline } from './streams/frames.js';
import { MeasuredCollection } from './streams/measured-collection.js';

const EXECUTE_MS = 10_000;
const OUTPUT_BYTES = 1024 * 1024;
const LOG_MS = 5_000;
const LOG_LINES = 100;

/** Frames are lines, with the output that each is of in front: `01 ` and `02 ` (rancher/agent, service/hostapi/logs). */
const lineOf = (frame: string): string => frame.replace(/^\d\d /, '').replace(/\r?\n$/, '');

/** Containers, and the way to their streams. */
export class ContainerCollection extends MeasuredCollection<Container> {
  readonly #http: HttpClient;

  constructor(http: HttpClient, parent: string) {
    super(http, parent, CONTAINERS);
    this.#http = http;
  }

  /** A URL and a token for a container's stream. The host in the URL is whatever Rancher believes itself to be: don't send it anything but this token. */
  async access(id: string, action: 'logs' | 'execute' | 'proxy', body: object = {}, { signal }: CallOptions = {}): Promise<HostAccess> {
    return this.#http.request({
      method: 'POST',
      path: this.itemPath(id),
      query: actionQuery(action),
      body,
      schema: hostAccessSchema,
      signal,
    });
  }

  /**
   * Runs a command in a container, on a terminal (without one Rancher passes Docker's own framing of stdout and stderr through), and answers
   * what it wrote on both, as text. Rancher tells no exit code, and a host that is lost ends the stream as the command's end does: a
   * command whose output must be whole has to write an end of its own. Within 10 s and 1 MiB by default.
   * @throws RancherError, RancherUnreachableError, or the reason of the signal
   */
  async execute(id: string, command: readonly string[], limits: StreamLimits = {}): Promise<string> {
    if (command.length === 0) throw new InvalidArgumentError('The command must have one word at least.');
    const { deadlineMs = EXECUTE_MS, signal, maxBytes = OUTPUT_BYTES } = limits;
    const name = { method: 'POST', path: `${this.itemPath(id)}?action=execute` };
    const output = new Output(name, maxBytes);
    const begin = (deadline: Deadline): AsyncIterable<string> => this.#run(id, command, { deadline, maxBytes: framesOf(maxBytes) });
    for await (const frame of withinDeadline({ http: this.#http, name, deadlineMs, signal }, begin)) output.add(frame);
    return output.text();
  }

  /**
   * The last lines that a container wrote, on both its outputs, the oldest first. Within 5 s and 1 MiB by default; where Rancher doesn't end
   * the stream by then, what has come.
   * @throws RancherError, RancherUnreachableError, or the reason of the signal
   */
  async logs(id: string, { lines = LOG_LINES, ...limits }: StreamLimits & { lines?: number } = {}): Promise<string[]> {
    const { deadlineMs = LOG_MS, signal, maxBytes = OUTPUT_BYTES } = limits;
    const name = { method: 'POST', path: `${this.itemPath(id)}?action=logs` };
    const read: string[] = [];
    const begin = (deadline: Deadline): AsyncIterable<string> => this.#tail(id, lines, { deadline, maxBytes });
    try {
      for await (const frame of withinDeadline({ http: this.#http, name, deadlineMs, signal }, begin)) read.push(lineOf(frame));
    } catch (error) {
      const isLate = error instanceof RancherUnreachableError && error.code === 'Timeout';
      if (!isLate || read.length === 0) throw error;
    }
    return read.slice(-lines);
  }

  async *#tail(id: string, lines: number, limits: { deadline: Deadline; maxBytes: number }): AsyncGenerator<string> {
    const access = await this.access(id, 'logs', { follow: false, lines }, { signal: limits.deadline.signal });
    yield* readFrames({ endpoint: this.#http.endpoint, access, ...limits });
  }

  async *#run(id: string, command: readonly string[], limits: { deadline: Deadline; maxBytes: number }): AsyncGenerator<string> {
    const body = { attachStdin: false, attachStdout: true, tty: true, command };
    const access = await this.access(id, 'execute', body, { signal: limits.deadline.signal });
    yield* readFrames({ endpoint: this.#http.endpoint, access, ...limits });
  }
}
