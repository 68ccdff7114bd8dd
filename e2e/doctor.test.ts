import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ROOT, runCommand } from './support/command.js';
import { Operator, PAGE, ROUTE_TOKEN } from './support/operator.js';
import { ask } from './support/person.js';
import type { RunningServe } from './support/serve.js';
import { type RunningTraefik, startTraefik } from './support/traefik.js';

interface Found {
  check: string;
  level: 'ok' | 'warning' | 'problem';
  says: string;
  cure?: string;
}

/** A site whose Traefik nobody has named: Mooring finds out which it is, and the doctor looks at all of it. */
describe('mooring doctor and backup, beside a running serve', () => {
  let operator: Operator;
  let serve: RunningServe;
  let traefik: RunningTraefik;
  let environment: Record<string, string>;
  let folder: string;

  beforeAll(async () => {
    operator = await Operator.open();
    folder = await mkdtemp(join(tmpdir(), 'mooring-backup-'));
    const changes = { MOORING_ROUTES: 'auto', traefik_metrics: `http://127.0.0.1:${operator.ports.management}/metrics` };
    serve = await operator.serve({ ...changes, MOORING_TRAEFIK_API_URL: undefined });
    const { MOORING_TRAEFIK_API_URL: _url, ...rest } = operator.environment;
    const { front, internal } = operator.ports;
    environment = {
      ...rest,
      ...changes,
      PATH: process.env.PATH ?? '',
      MOORING_DATA: serve.data,
      MOORING_LISTEN: `127.0.0.1:${front}`,
      MOORING_INTERNAL_LISTEN: `127.0.0.1:${internal}`,
    };
    traefik = await startTraefik({
      ports: operator.ports,
      routes: { url: `${serve.internal}/traefik/config`, token: ROUTE_TOKEN },
      frontUrl: serve.front,
    });
    await serve.ready();
  }, 60_000);
  afterAll(async () => {
    await traefik?.close();
    await operator?.close();
    await rm(folder, { recursive: true, force: true });
  }, 30_000);

  async function mooring(args: string[], changes: Record<string, string> = {}) {
    const running = runCommand(process.execPath, [join(ROOT, 'packages/mooring/dist/main.js'), ...args], { ...environment, ...changes });
    const code = await new Promise<number | null>((resolve) => running.child.once('close', resolve));
    return { code, out: running.stdout(), err: running.stderr() };
  }

  const doctor = async (changes: Record<string, string> = {}): Promise<Map<string, Found>> => {
    const { out } = await mooring(['doctor', '--json'], changes);
    return new Map((JSON.parse(out) as { findings: Found[] }).findings.map((finding) => [finding.check, finding]));
  };

  it('finds Traefik 3 by itself, and routes by the document', async () => {
    const ada = operator.signedIn('ada');
    await ada.ask('/narrative/', { headers: PAGE });
    await ada.demoStatus();
    const { text } = await ask(serve.internal, '/traefik/config', { headers: { authorization: `Bearer ${ROUTE_TOKEN}` } });
    expect(text).toContain('narrative_session');
  }, 40_000);

  it('finds nothing wrong but that this Traefik tells its neighbours its routers', async () => {
    const found = await doctor();
    const problems = [...found.values()].filter(({ level }) => level === 'problem');
    expect(problems.map(({ check }) => check)).toEqual(["Traefik's API"]);
    expect(problems[0]?.cure).toContain('/api/version');
    const levels = [
      'Rancher',
      'Rancher rights',
      'Rancher metadata',
      'clock',
      'store',
      'Traefik version',
      "Traefik's entry point",
      "Traefik's HTTP provider",
      'identity provider',
      'mooring serve',
    ];
    expect(levels.map((check) => [check, found.get(check)?.level])).toEqual(levels.map((check) => [check, 'ok']));
    const { code, out, err } = await mooring(['doctor']);
    expect([code, err]).toEqual([1, "mooring: 1 problem(s): Traefik's API\n"]);
    expect(out).toMatch(/^PROBLEM {2}Traefik's API.*\n {9}cure: set api\.insecure to false/m);
  }, 20_000);

  it('finds what is wrong, each with its cure', async () => {
    operator.site.auth2 = 'page';
    const found = await doctor({ rancher_password: 'another', MOORING_ROUTES: 'labels', MOORING_TRAEFIK_URL: 'http://127.0.0.1:1' });
    operator.site.auth2 = 'up';
    expect(found.get('Rancher')).toMatchObject({ level: 'problem', cure: expect.stringContaining('Correct rancher_user') });
    expect(found.get("Traefik's entry point")).toMatchObject({ level: 'problem', cure: 'correct MOORING_TRAEFIK_URL' });
    expect(found.get('identity provider')).toMatchObject({ level: 'problem', cure: expect.stringContaining('correct auth2') });
    expect(found.get('mooring serve')?.level).toBe('ok');
  }, 20_000);

  it('backs the store up while it is in use, and the copy is one to go on with', async () => {
    const into = join(folder, 'copy');
    expect(await mooring(['backup', into])).toMatchObject({ code: 0, out: expect.stringMatching(/: 1 session\(s\)/) });
    const before = await operator.centre.services();
    await serve.end('SIGTERM');
    serve = await operator.serve({ MOORING_ROUTES: 'auto' }, into);
    await serve.ready();
    const ada = operator.signedIn('ada');
    expect((await ada.ask('/narrative/', { headers: PAGE })).status).toBe(201);
    await ada.demoStatus();
    expect((await operator.centre.services()).map(({ id }) => id)).toEqual(before.map(({ id }) => id));
  }, 40_000);
});
