import type { FastifyBaseLogger } from 'fastify';

type ChildOptions = Parameters<FastifyBaseLogger['child']>[1];
type Write = (...said: unknown[]) => void;

const LEVELS = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const;

/** Made when the first line is to be written: most requests say nothing by it, and a child costs as much as a line. */
class RequestLogger {
  /**
   * Fastify makes an object of this shape for each request. V8 shares shapes between objects until about 1,500 kinds of them were seen to begin
   * with different names, as happens where sessions are mapped by theirs; from then on each object would get a shape of its own, which costs
   * more than all else about the logger. One that was there before, and stays, is shared.
   */
  static readonly shape = ((label: string) => ({ [label]: '' }))('reqId');

  #made: FastifyBaseLogger | undefined;

  constructor(
    private readonly parent: FastifyBaseLogger,
    private readonly fields: Record<string, unknown>,
    private readonly options: ChildOptions,
  ) {}

  get level(): string {
    return this.parent.level;
  }

  child(fields: Record<string, unknown>, options?: ChildOptions): FastifyBaseLogger {
    return this.made().child(fields, options);
  }

  made(): FastifyBaseLogger {
    this.#made ??= this.parent.child(this.fields, this.options);
    return this.#made;
  }
}

for (const level of LEVELS) {
  Object.defineProperty(RequestLogger.prototype, level, {
    value(this: RequestLogger, ...said: unknown[]) {
      (this.made() as unknown as Record<string, Write>)[level]?.(...said);
    },
  });
}

/** A request's logger, as Fastify asks for it: a child of its own with the request's id. */
export const requestLogger = (parent: FastifyBaseLogger, fields: Record<string, unknown>, options: ChildOptions): FastifyBaseLogger =>
  new RequestLogger(parent, fields, options) as unknown as FastifyBaseLogger;
