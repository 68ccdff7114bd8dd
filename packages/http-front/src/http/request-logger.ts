import type { FastifyBaseLogger } from 'fastify';

type ChildOptions = Parameters<FastifyBaseLogger['child']>[1];
type Write = (...said: unknown[]) => void;

const LEVELS = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const;

/** Made when the first line is to be written: most requests say nothing by it, and a child costs as much as a line. */
class RequestLogger {
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
