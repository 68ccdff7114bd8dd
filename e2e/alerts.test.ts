import { existsSync, readFileSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { cacheFolder, makeCacheFolder } from '../packages/mooring/src/provision/cache-folder.js';
import { findTraefik } from '../packages/mooring/src/provision/traefik.js';
import { documentedRows, rowsOf } from '../scripts/metrics-table.mjs';
import { makeChain } from './support/chain.js';
import { ROOT, runCommand } from './support/command.js';
import { freeBase, type RunningMooring, startMooring } from './support/mooring.js';
import { ask, Person } from './support/person.js';
import { processesWith } from './support/processes.js';
import { PROMETHEUS, promtool, type RunningPrometheus, startPrometheus } from './support/prometheus.js';
import { withPart } from './support/real-parts.js';
import { until } from './support/until.js';

const read = (path: string): string => readFileSync(join(ROOT, path), 'utf8');
const itSigns = withPart('openssl', existsSync('/usr/bin/openssl'));
const itAlerts = withPart('prometheus', PROMETHEUS !== undefined);
/** Of others: Traefik's, Prometheus' own, and prom-client's. */
const FOREIGN = /^(traefik|process|nodejs)_/;
const METRIC = /\b(?:mooring|rest_client|controller_runtime|workqueue|traefik|process|nodejs)_[a-z0-9_]+/g;
const isKnown = (name: string): boolean =>
  FOREIGN.test(name) || documentedRows().has(name) || documentedRows().has(name.replace(/_(bucket|sum|count)$/, ''));

describe('what is watched', () => {
  const alerts = [...read('deploy/prometheus/mooring.rules.yml').matchAll(/- alert: (\w+)/g)].map(([, name]) => name as string);

  it('has a runbook and a test for each alert', () => {
    expect(alerts.length).toBeGreaterThan(10);
    const headings = [...read('docs/runbooks.md').matchAll(/^## (\w+)$/gm)].map(([, name]) => name);
    expect(headings).toEqual(alerts);
    const rules = read('deploy/prometheus/mooring.rules.yml');
    const tests = read('deploy/prometheus/mooring.test.yml');
    for (const alert of alerts) {
      expect(rules).toContain(`runbook_url: docs/runbooks.md#${alert.toLowerCase()}`);
      for (const outcome of ['fires', 'is quiet']) expect(tests).toContain(`- name: ${alert} ${outcome}`);
    }
  });

  it.each(['deploy/prometheus/mooring.rules.yml', 'deploy/grafana/mooring.json', 'docs/runbooks.md'])(
    'names only metrics that there are (%s)',
    (path) => {
      const named = read(path)
        .match(METRIC)
        ?.filter((name) => !/^traefik_metrics$/.test(name));
      expect(named?.filter((name) => !isKnown(name))).toEqual([]);
    },
  );

  it('shows every metric on the dashboard', () => {
    const shown = read('deploy/grafana/mooring.json');
    const left = [...documentedRows().keys()].filter((name) => !shown.includes(name));
    expect(left).toEqual([
      'controller_runtime_active_workers',
      'controller_runtime_reconcile_time_seconds',
      'mooring_activity_tick_seconds',
      'mooring_build_info',
      'mooring_front_event_streams',
      'mooring_front_watches',
      'mooring_start_queue_seconds',
      'workqueue_adds_total',
      'workqueue_retries_total',
      'workqueue_work_duration_seconds',
    ]);
  });

  itAlerts('is in rules that promtool finds nothing in, and that do what their tests say', () => {
    expect(promtool(['check', 'rules', 'mooring.rules.yml'])).toMatchObject({ code: 0 });
    expect(promtool(['test', 'rules', 'mooring.test.yml'])).toMatchObject({ code: 0 });
  });
});

describe('Traefik with a certificate', () => {
  itSigns(
    'tells when it ends in the words of the rule',
    async () => {
      const folder = await mkdtemp(join(tmpdir(), 'mooring-certificate-'));
      const chain = makeChain(folder, 'narrative.example.org', 10);
      const dynamic = join(folder, 'tls.yml');
      await writeFile(dynamic, JSON.stringify({ tls: { certificates: [{ certFile: chain.cert, keyFile: chain.key }] } }));
      const cache = await makeCacheFolder(cacheFolder(process.env));
      const { signal } = new AbortController();
      const program = await findTraefik({ environment: process.env, cache, signal, progress: { note: () => undefined } });
      const base = await freeBase();
      const listening = { web: base, metrics: base + 1 };
      const traefik = runCommand(
        program.path,
        [
          ...Object.entries(listening).map(([name, port]) => `--entryPoints.${name}.address=127.0.0.1:${port}`),
          ...['--entryPoints.web.http.tls=true', '--metrics.prometheus=true', '--metrics.prometheus.entryPoint=metrics'],
          `--providers.file.filename=${dynamic}`,
        ],
        {},
      );
      const metrics = async () => (await ask(`http://127.0.0.1:${base + 1}`, '/metrics').catch(() => undefined))?.text ?? '';
      try {
        const [, metric = ''] = /expr: (traefik_tls\w+) - time\(\)/.exec(read('deploy/prometheus/mooring.rules.yml')) ?? [];
        await traefik.waitFor(async () => (await metrics()).includes('cn="narrative.example.org"'), 'the certificate in the metrics');
        const seconds = Number(new RegExp(`^${metric}\\{.*cn="narrative\\.example\\.org".*\\} (\\S+)$`, 'm').exec(await metrics())?.[1]);
        expect(Math.abs(seconds - (Date.now() / 1000 + 10 * 86_400))).toBeLessThan(86_400);
      } finally {
        await traefik.end('SIGTERM');
        await rm(folder, { recursive: true, force: true });
      }
    },
    30_000,
  );
});

describe('a Prometheus beside npm start', () => {
  let mooring: RunningMooring;
  let prometheus: RunningPrometheus | undefined;
  beforeAll(async () => {
    mooring = await startMooring({ env: { MOORING_REAPER_SCHEDULE: '* * * * * *', num_prespawn: '1' } });
    if (PROMETHEUS !== undefined) prometheus = await startPrometheus(mooring.base + 7, `127.0.0.1:${mooring.base + 4}`);
  }, 120_000);
  afterAll(async () => {
    await prometheus?.close();
    await mooring?.dispose();
  }, 30_000);

  const metrics = async (): Promise<string> => (await ask(`http://127.0.0.1:${mooring.base + 4}`, '/metrics')).text;

  it('is told what docs/metrics.md says', async () => {
    const documented = documentedRows();
    const rows = rowsOf([await metrics()]);
    for (const [name, row] of rows) expect([name, documented.get(name)]).toEqual([name, row]);
    // Only a sign-in service has a cache.
    expect([...documented.keys()].filter((name) => !rows.has(name))).toEqual(['mooring_identity_cache_total']);
  });

  itAlerts('finds nothing wrong with the metrics', async () => {
    expect(promtool(['check', 'metrics'], await metrics())).toEqual({ code: 0, said: '' });
  });

  itAlerts(
    'loads all rules, tells of a source of activity that went blind, and that it sees again',
    async () => {
      const running = prometheus as RunningPrometheus;
      await new Person(mooring.origin, 'ada').openDemo();
      const sees = 'mooring_activity_readings{source="jupyter",type!="unknown"} > 0';
      await until(async () => (await running.count(sees)) > 0, { what: () => 'Prometheus to know that Jupyter can tell' });
      await until(async () => (await running.rules()).every(({ health }) => health === 'ok'), { what: () => 'all rules to be evaluated' });
      expect(await running.firing('MooringActivityBlind')).toEqual([]);
      const containers = processesWith('MOORING_INSTALLATION', readFileSync(join(mooring.data, 'installation-id'), 'utf8').trim()).filter(
        (pid) => /demo-server/.test(readFileSync(`/proc/${pid}/cmdline`, 'latin1')),
      );
      expect(containers.length).toBeGreaterThan(0);
      for (const pid of containers) process.kill(pid, 'SIGSTOP');
      const fired = await until(async () => {
        const blind = await running.firing('MooringActivityBlind');
        return blind.length > 0 && blind;
      });
      for (const pid of containers) process.kill(pid, 'SIGCONT');
      expect(fired.map(({ labels }) => labels.source)).toContain('jupyter');
      await until(async () => (await running.firing('MooringActivityBlind')).length === 0);
    },
    60_000,
  );
});
