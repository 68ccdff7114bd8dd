import { join } from 'node:path';
import { noteLogsIn, noteSecretsIn } from '../../leaks/watch.js';

const KEY = /[0-9a-f]{64}/g;

/** What a data folder holds is searched: its logs for secrets, which are its keys and every session's cookie. */
export function searchDataFolder(data: string): void {
  for (const file of ['sign-in.key', 'traefik-token.key', 'mooring.db', 'mooring.db-wal']) noteSecretsIn(join(data, file), KEY);
  noteLogsIn(join(data, 'logs'));
}
