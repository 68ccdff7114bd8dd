import { hostname } from 'node:os';
import type { Environment } from './config/sources.js';

/** What a command has of the world around it. */
export interface Terminal {
  environment: Environment;
  /** The machine's own host name. */
  machine: string;
  out(text: string): void;
  err(text: string): void;
}

export const processTerminal = (): Terminal => ({
  environment: process.env,
  machine: hostname(),
  out: (text) => void process.stdout.write(text),
  err: (text) => void process.stderr.write(text),
});
