import { spawnSync } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ROOT, runCommand } from './command.js';
import { ask } from './person.js';

const isThere = (path: string): boolean => {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
};

const onPath = (name: string): string | undefined =>
  (process.env.PATH ?? '')
    .split(':')
    .map((folder) => join(folder, name))
    .find(isThere);

/** Debian's Prometheus, where it is installed. */
export const PROMETHEUS = onPath('prometheus');

/** Runs promtool in the folder of the rules; answers its exit code and all that it said. */
export function promtool(args: readonly string[], input = ''): { code: number | null; said: string } {
  const { status, stdout, stderr } = spawnSync('promtool', args, { cwd: join(ROOT, 'deploy/prometheus'), input, encoding: 'utf8' });
  return { code: status, said: `${stdout}${stderr}` };
}

interface Alert {
  labels: Record<string, string>;
  state: string;
}

export interface RunningPrometheus {
  rules(): Promise<{ name: string; health: string; lastError?: string }[]>;
  firing(name: string): Promise<Alert[]>;
  /** How many series there are of an expression. */
  count(expression: string): Promise<number>;
  close(): Promise<void>;
}

/** The real Prometheus with Mooring's rules, which scrapes a target every second and in which nothing has to last for longer than that. */
export async function startPrometheus(port: number, target: string): Promise<RunningPrometheus> {
  const folder = await mkdtemp(join(tmpdir(), 'mooring-prometheus-'));
  const rules = await readFile(join(ROOT, 'deploy/prometheus/mooring.rules.yml'), 'utf8');
  await writeFile(join(folder, 'rules.yml'), rules.replaceAll(/^( +for:) .*$/gm, '$1 1s'));
  const config = {
    global: { scrape_interval: '1s', evaluation_interval: '1s' },
    rule_files: ['rules.yml'],
    scrape_configs: [{ job_name: 'mooring', static_configs: [{ targets: [target] }] }],
  };
  await writeFile(join(folder, 'prometheus.yml'), JSON.stringify(config));
  const running = runCommand(
    PROMETHEUS ?? 'prometheus',
    [`--config.file=${folder}/prometheus.yml`, `--storage.tsdb.path=${folder}/data`, `--web.listen-address=127.0.0.1:${port}`],
    {},
  );
  const origin = `http://127.0.0.1:${port}`;
  const read = async <T>(path: string): Promise<T> => (await ask(origin, path)).json().data as T;
  await running.waitFor(async () => (await ask(origin, '/-/ready').catch(() => undefined))?.status === 200, 'Prometheus to be ready');
  return {
    rules: async () => {
      const { groups } = await read<{ groups: { rules: { name: string; health: string; lastError?: string }[] }[] }>('/api/v1/rules');
      return groups.flatMap((group) => group.rules);
    },
    count: async (expression) => (await read<{ result: unknown[] }>(`/api/v1/query?query=${encodeURIComponent(expression)}`)).result.length,
    firing: async (name) => {
      const { alerts } = await read<{ alerts: Alert[] }>('/api/v1/alerts');
      return alerts.filter(({ labels, state }) => labels.alertname === name && state === 'firing');
    },
    close: async () => {
      await running.end('SIGTERM');
      await rm(folder, { recursive: true, force: true });
    },
  };
}
