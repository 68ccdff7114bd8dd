import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../../../..');
const folder = path.resolve(root, '../shared/rancher-1.6/exchanges');

export interface Recording {
  name: string;
  request?: { method?: string; url: string; body?: unknown };
  response?: { status: number; body?: unknown };
  frames?: { frame: unknown }[];
}

/** The recorded exchanges beside the checkout, or undefined where there are none. */
export function recordings(): Recording[] | undefined {
  if (!existsSync(folder)) return undefined;
  return readdirSync(folder)
    .filter((file) => file.endsWith('.json'))
    .map((file) => JSON.parse(readFileSync(path.join(folder, file), 'utf8')));
}
