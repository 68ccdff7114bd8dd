import { RancherUnreachableError, type RequestName } from '../errors.js';

const BASE64 = /^[A-Za-z0-9+/]*={0,2}$/;

/** Puts the frames of a command's output together: base64, cut wherever Docker's own reads ended (rancher/agent, service/hostapi/exec). */
export class Output {
  readonly #chunks: Buffer[] = [];
  #bytes = 0;

  constructor(
    private readonly name: RequestName,
    private readonly maxBytes: number,
  ) {}

  /** @throws RancherUnreachableError where it is no base64, or too much */
  add(frame: string): void {
    if (frame.length % 4 !== 0 || !BASE64.test(frame)) throw this.#invalid("a frame of the command's output is not base64");
    const chunk = Buffer.from(frame, 'base64');
    this.#bytes += chunk.length;
    if (this.#bytes > this.maxBytes) throw this.#invalid(`the command's output has more than ${this.maxBytes} bytes`);
    this.#chunks.push(chunk);
  }

  /** The terminal ends its lines with CR LF; here it is LF. */
  text(): string {
    return Buffer.concat(this.#chunks).toString('utf8').replaceAll('\r\n', '\n');
  }

  #invalid(reason: string): RancherUnreachableError {
    return new RancherUnreachableError(this.name, { code: 'InvalidAnswer', outcome: 'unknown', reason });
  }
}

/** Room for base64, and for frames that hold a byte each. */
export const framesOf = (bytes: number): number => bytes * 4 + 4096;
