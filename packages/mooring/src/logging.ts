import { isatty } from 'node:tty';
import { type DestinationStream, type Logger, pino } from 'pino';
import { prettyLine } from './pretty.js';
import { redact } from './redact.js';

/** The time of a line, in UTC; all but the milliseconds is made once a second. */
function clock(): () => string {
  let second = Number.NaN;
  let text = '';
  return () => {
    const now = Date.now();
    const begun = now - (now % 1000);
    if (begun !== second) {
      second = begun;
      text = new Date(begun).toISOString().slice(0, -4);
    }
    return `,"time":"${text}${String(now % 1000).padStart(3, '0')}Z"`;
  };
}

/** JSON lines. What could hold a secret is cut out, should it ever get into a line. */
export function createLogger(level: string, destination: DestinationStream, name?: string): Logger {
  const logger = pino(
    {
      level,
      base: name === undefined ? null : { name },
      timestamp: clock(),
      formatters: { log: (fields) => redact(fields) },
      serializers: { err: (error: Error) => redact(pino.stdSerializers.err(error)) },
    },
    destination,
  );
  // The fields of a child pass no formatter. Children have this method from their parents.
  const { child } = logger;
  logger.child = function (this: Logger, fields: object, options) {
    return child.call(this, redact(fields), options);
  } as Logger['child'];
  return logger;
}

/**
 * Where a log goes: a file descriptor, or a file for its owner's eyes. The lines of one turn of the event loop are written together at its
 * end: under load those of many requests.
 */
export function logDestination(dest: number | string): DestinationStream {
  const destination = pino.destination({ dest, sync: true, mode: 0o600 });
  let lines = '';
  const write = (): void => {
    if (lines !== '') destination.write(lines);
    lines = '';
  };
  process.on('exit', write);
  return {
    write(line) {
      if (lines === '') setImmediate(write);
      lines += line;
    },
  };
}

/** Stdout, as JSON lines; for people where it is a terminal. */
export function stdoutLog(): DestinationStream {
  const destination = logDestination(1);
  return isatty(1) ? { write: (line) => destination.write(prettyLine(line)) } : destination;
}
