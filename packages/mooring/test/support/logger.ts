import { pino } from 'pino';

/** A logger, and what it was told. */
export function recordingLogger() {
  const lines: Record<string, unknown>[] = [];
  const logger = pino({ base: null }, { write: (line: string) => void lines.push(JSON.parse(line)) });
  return { logger, lines };
}
