import { Agent, type Dispatcher } from 'undici';
import type { Requester, RequesterAnswer, RequesterCall } from './exchange.js';

/** More than anybody asks for at once; whoever must go easy on Rancher says so themselves. */
const MAX_CONNECTIONS = 32;

/** Connections that are kept. Answers are taken as undici's parser has them: a stream for each would take as much CPU as all the rest of a call. */
export class ConnectionPool implements Requester {
  // undici's own timeouts are off: the deadline of each request rules.
  readonly #agent = new Agent({ connections: MAX_CONNECTIONS, headersTimeout: 0, bodyTimeout: 0 });

  request(call: RequesterCall): Promise<RequesterAnswer> {
    return new Promise((resolve, reject) => {
      const { origin, path, method, headers, body } = call;
      this.#agent.dispatch({ origin, path, method, headers, body }, new AnswerReader(call, { resolve, reject }));
    });
  }

  /** Breaks off what is under way. */
  destroy(): Promise<void> {
    return this.#agent.destroy();
  }
}

interface Outcome {
  resolve: (answer: RequesterAnswer) => void;
  reject: (error: unknown) => void;
}

/** Collects one answer. Whoever calls the request off hears of it at once, even where it still waits for a connection. */
class AnswerReader implements Dispatcher.DispatchHandler {
  readonly #call: RequesterCall;
  readonly #outcome: Outcome;
  readonly #chunks: Buffer[] = [];
  #bytes = 0;
  #status = 0;
  #location: string | null = null;
  #controller: Dispatcher.DispatchController | undefined;
  #calledOff = false;

  constructor(call: RequesterCall, outcome: Outcome) {
    this.#call = call;
    this.#outcome = outcome;
    call.signal.addEventListener('abort', this.#callOff, { once: true });
  }

  readonly #callOff = (): void => {
    this.#calledOff = true;
    this.#controller?.abort(this.#call.signal.reason as Error);
    this.#fail(this.#call.signal.reason);
  };

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#controller = controller;
    if (this.#calledOff) controller.abort(this.#call.signal.reason as Error);
  }

  onResponseStart(
    _controller: Dispatcher.DispatchController,
    status: number,
    { location }: Record<string, string | string[] | undefined>,
  ): void {
    this.#status = status;
    this.#location = typeof location === 'string' ? location : null;
  }

  onResponseData(controller: Dispatcher.DispatchController, chunk: Buffer): void {
    this.#bytes += chunk.byteLength;
    if (this.#bytes <= this.#call.maxBytes) {
      this.#chunks.push(chunk);
      return;
    }
    this.#answer(undefined);
    controller.abort(new Error('the answer is too large'));
  }

  onResponseEnd(): void {
    this.#answer(Buffer.concat(this.#chunks, this.#bytes).toString('utf8'));
  }

  /** Of what was called off or too large it says nothing new. */
  onResponseError(_controller: Dispatcher.DispatchController, error: Error): void {
    this.#fail(error);
  }

  #answer(text: string | undefined): void {
    this.#unlink();
    this.#outcome.resolve({ status: this.#status, location: this.#location, text });
  }

  #fail(error: unknown): void {
    this.#unlink();
    this.#outcome.reject(error);
  }

  #unlink(): void {
    this.#call.signal.removeEventListener('abort', this.#callOff);
  }
}
