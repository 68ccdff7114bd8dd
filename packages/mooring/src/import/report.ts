import type { Service } from '@mooring/rancher-client';
import { table } from '../table.js';
import type { Verdict } from './verdict.js';

/** One service in what an import tells; `--json` gives an array of them as `services`. Secrets are in none. */
export interface ImportLine {
  /** The service's id at Rancher. */
  service: string;
  name: string;
  state: string;
  image: string;
  /** `failed`: an import that Rancher or the store refused. */
  action: Verdict['action'] | 'failed';
  /** Whose it is: `unknown` until they come, since a name can't be turned back into a user. */
  owner: 'unknown' | '-';
  /** Whether its cookie goes on working. */
  cookie: 'kept' | '-';
  reason: string;
}

const DONE = 'its session is made; it is theirs when the person comes whose name it has';

export function lineOf({ id, name, state, launchConfig }: Service, verdict: Verdict): ImportLine {
  const image = launchConfig?.imageUuid?.replace(/^docker:/, '') ?? '-';
  const isKept = verdict.action === 'import' || verdict.action === 'imported';
  return {
    service: id,
    name,
    state,
    image,
    action: verdict.action,
    owner: isKept ? 'unknown' : '-',
    cookie: isKept ? 'kept' : '-',
    reason: verdict.action === 'import' ? DONE : verdict.reason,
  };
}

const HEAD = ['SERVICE', 'NAME', 'STATE', 'IMAGE', 'OWNER', 'COOKIE', 'ACTION', 'WHY'];

function summary(lines: readonly ImportLine[], dryRun: boolean): string {
  const count = (action: ImportLine['action']): number => lines.filter((line) => line.action === action).length;
  const verb = dryRun ? 'would be imported' : 'imported';
  return `${count('import')} ${verb}, ${count('imported')} had been before, ${count('drain')} to drain by hand, ${count('leave')} left alone, ${count('failed')} failed`;
}

export function formatImport(lines: readonly ImportLine[], { dryRun, json }: { dryRun: boolean; json: boolean }): string {
  if (json) return `${JSON.stringify({ dryRun, services: lines }, null, 2)}\n`;
  const rows = lines.map(({ service, name, state, image, owner, cookie, action, reason }) => [
    service,
    name,
    state,
    image,
    owner,
    cookie,
    action,
    reason,
  ]);
  return `${[...(rows.length > 0 ? table([HEAD, ...rows]) : []), summary(lines, dryRun)].join('\n')}\n`;
}
