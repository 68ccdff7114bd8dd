/** What this package needs of a logger; a pino logger is one. */
export interface Logger {
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
}
