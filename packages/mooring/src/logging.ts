import { type DestinationStream, type Logger, pino } from 'pino';

/** JSON lines. What could hold a secret is cut out, should it ever get into a line. */
export const createLogger = (level: string, destination: DestinationStream, name?: string): Logger =>
  pino(
    {
      level,
      base: name === undefined ? null : { name },
      timestamp: pino.stdTimeFunctions.isoTime,
      redact: { paths: ['*.authorization', '*.cookie', '*.headers.authorization', '*.headers.cookie', '*.secretKey'], censor: '(hidden)' },
    },
    destination,
  );
