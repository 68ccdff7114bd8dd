import { type DestinationStream, type Logger, pino } from 'pino';
import { HIDDEN } from './config/secrets.js';
import { redact, SECRET_FIELDS } from './redact.js';

/** JSON lines. What could hold a secret is cut out, should it ever get into a line. */
export const createLogger = (level: string, destination: DestinationStream, name?: string): Logger =>
  pino(
    {
      level,
      base: name === undefined ? null : { name },
      timestamp: pino.stdTimeFunctions.isoTime,
      // The fields of a child logger pass no formatter.
      redact: { paths: SECRET_FIELDS.map((name) => `["${name}"]`), censor: HIDDEN },
      formatters: { log: redact },
      serializers: { err: (error: Error) => redact(pino.stdSerializers.err(error)) },
    },
    destination,
  );
