import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { noteSecret } from '../leaks/watch.js';
import { RancherClient } from '../packages/rancher-client/src/index.js';
import { KEY } from './support/data-centre.js';
import { HOST, Operator, PAGE, ROUTE_TOKEN } from './support/operator.js';
import { ask, Person } from './support/person.js';
import type { RunningServe } from './support/serve.js';
import { type RunningTraefik, startTraefik } from './support/traefik.js';
import { until } from './support/until.js';

const STOP_MS = 10_000;
/** The name that narrative-traefiker gives to ada.l's service. */
const ADAS = 'narrative-ada-l-051180';

/** How many processes have this in their environment. */
function processesWith(variable: string): number {
  return readdirSync('/proc').filter((name) => /^\d+$/.test(name) && environOf(name).split('\0').includes(variable)).length;
}

function environOf(pid: string): string {
  try {
    return readFileSync(`/proc/${pid}/environ`, 'latin1');
  } catch {
    return '';
  }
}

/** A whole site: Rancher behind an API key, a sign-in service, the real Traefik 3, and `mooring serve` as an operator runs it. */
describe('mooring serve, with a site around it', () => {
  let operator: Operator;
  let traefik: RunningTraefik;
  let serve: RunningServe;
  const logs: string[] = [];

  beforeAll(async () => {
    operator = await Operator.open();
    serve = await operator.serve();
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
  }, 30_000);

  const restart = async (): Promise<void> => {
    logs.push(serve.stdout() + serve.stderr());
    const { code, afterMs } = await serve.end('SIGTERM');
    expect(code).toBe(0);
    expect(afterMs).toBeLessThan(STOP_MS);
    serve = await operator.serve({}, serve.data);
  };
  const routes = async (): Promise<string> => {
    const answer = await ask(serve.internal, '/traefik/config', { headers: { authorization: `Bearer ${ROUTE_TOKEN}` } });
    expect(answer.status).toBe(200);
    return answer.text;
  };
  const cookieOf = (person: Person): string => person.cookies.get('narrative_session') as string;

  it('finds its stack by the metadata service alone, and says where it is', () => {
    expect(operator.environment).not.toHaveProperty('rancher_env_url');
    expect(serve.stdout()).toContain(`"stackId":"${operator.centre.stackId}"`);
  });

  it('sends who is not signed in to the site, path and query kept', async () => {
    const stranger = new Person(traefik.origin, 'nobody', { host: HOST });
    const { status, headers } = await stranger.ask('/narrative/notebooks/a%20b.ipynb?tab=2&x=%26', { headers: PAGE });
    expect(status).toBe(302);
    const [address, request] = String(headers.location).split('=', 2) as [string, string];
    expect(address).toBe('/#login?nextrequest');
    expect(JSON.parse(decodeURIComponent(request))).toEqual({ path: '/narrative/notebooks/a%20b.ipynb?tab=2&x=%26', external: true });
    expect(stranger.cookies.size).toBe(0);
  });

  it('refuses a token that the site does not know', async () => {
    const impostor = operator.signedIn('impostor');
    impostor.cookies.set('kbase_session', 'TOKEN-MADE-UP');
    expect((await impostor.ask('/narrative/', { headers: PAGE })).status).toBe(403);
    expect((await impostor.wish()).status).toBe(403);
    expect(impostor.cookies.has('narrative_session')).toBe(false);
    expect(await operator.centre.services()).toEqual([]);
  });

  it('shows the waiting page, and a moment later the notebook', async () => {
    const ada = operator.signedIn('ada.l');
    const page = await ada.ask('/narrative/', { headers: PAGE });
    expect([page.status, page.headers['content-type']]).toEqual([201, 'text/html; charset=utf-8']);
    expect(page.text).toContain('id="waiting"');
    expect(cookieOf(ada)).toMatch(/^[0-9a-f]{64}$/);
    expect(page.headers['set-cookie']).toEqual([expect.stringMatching(/^narrative_session=\w+; .*HttpOnly.*SameSite=Lax/)]);
    await ada.demoStatus();
    // The session itself is told as ready, to its owner only.
    const status = await until(async () => {
      const answer = await ada.ask(`/narrative_session/${ADAS}`);
      return answer.status === 200 && answer;
    });
    expect(status.json()).toMatchObject({ name: ADAS, phase: 'Ready' });
    expect((await operator.signedIn('eve').ask(`/narrative_session/${ADAS}`)).status).toBe(404);
  }, 40_000);

  it('makes the service as narrative-traefiker does: image, environment, labels, description', async () => {
    const ada = operator.signedIn('ada.l');
    await ada.wish();
    const [service, ...others] = await operator.centre.services();
    expect(others).toEqual([]);
    expect(service).toMatchObject({ name: ADAS, state: 'active', stackId: operator.centre.stackId });
    expect(service?.description).toMatch(/^client-ip:127\.0\.0\.1 timestamp:\d{4}-\d\d-\d\dT/);
    const { imageUuid, labels = {}, environment, ports } = service?.launchConfig ?? {};
    expect([imageUuid, environment, ports]).toEqual([
      'docker:mooring/demo:3.14.1',
      { SERVICE_TOKEN: operator.serviceToken },
      // Rancher chooses the host's port.
      [expect.stringMatching(/^\d+:8888\/tcp$/)],
    ]);
    const router = Object.keys(labels).find((label) => label.endsWith('.rule')) as string;
    expect(labels).toMatchObject({
      'io.rancher.container.pull_image': 'always',
      'io.rancher.container.start_once': 'true',
      'traefik.enable': 'True',
      session_id: cookieOf(ada),
      [router.replace(/rule$/, 'entrypoints')]: 'web',
    });
    expect(labels[router]).toBe(
      `(Host(\`${HOST}\`)) && PathPrefix(\`/narrative/\`) && HeadersRegexp(\`Cookie\`, \`narrative_session=${cookieOf(ada)}\`) && HeadersRegexp(\`Cookie\`, \`(?:^|;\\s*)narrative_session=${cookieOf(ada)}(?:;|$)\`)`,
    );
    expect(processesWith(`SERVICE_TOKEN=${operator.serviceToken}`)).toBe(1);
  });

  it.each(['slow', 'page', 'down'] as const)(
    'lets known people go on while the sign-in service is %s, and tells others to come again',
    async (state) => {
      const ada = operator.signedIn('ada.l');
      await ada.wish();
      operator.site.auth2 = state;
      try {
        const newcomer = operator.signedIn(`newcomer-${state}`);
        const [page, script] = await Promise.all([newcomer.ask('/narrative/', { headers: PAGE }), newcomer.wish()]);
        for (const { status, headers } of [page, script])
          expect([status, headers['retry-after']]).toEqual([503, expect.stringMatching(/^\d+$/)]);
        expect(script.json()).toMatchObject({ code: 'identity-unavailable' });
        expect((await ada.wish()).status).toBe(200);
        await ada.demoStatus();
      } finally {
        operator.site.auth2 = 'up';
      }
    },
    30_000,
  );

  it('asks the site once for a person who asks often', async () => {
    const frank = operator.signedIn('frank');
    const before = operator.site.questions;
    await Promise.all(Array.from({ length: 10 }, () => frank.ask('/narrative/', { headers: { accept: 'application/json' } })));
    expect(operator.site.questions - before).toBe(1);
    await frank.demoStatus();
    expect((await operator.centre.services()).filter(({ name }) => name.startsWith('narrative-frank-'))).toHaveLength(1);
  });

  it('keeps people in their notebooks while it is started again', async () => {
    const ada = operator.signedIn('ada.l');
    await ada.wish();
    const { instance } = await ada.demoStatus();
    await until(async () => (await operator.signedIn('frank').wish()).status === 200);
    const before = await routes();
    // Its Traefik has told that it can.
    expect(before).toContain('"failover"');
    await serve.end('SIGTERM');
    expect((await ada.demoStatus()).instance).toBe(instance);
    await restart();
    await until(async () => (await routes()) === before);
    await serve.ready();
    expect((await ada.demoStatus()).instance).toBe(instance);
    expect((await ada.wish()).status).toBe(200);
    expect(await operator.centre.services()).toHaveLength(2);
  }, 30_000);

  it('keeps them there while Rancher is away at its start, records wishes, and serves them when Rancher is back', async () => {
    const ada = operator.signedIn('ada.l');
    await ada.wish();
    const { instance } = await ada.demoStatus();
    await operator.centre.gate.shut();
    try {
      await restart();
      expect(await routes()).toContain(cookieOf(ada));
      await until(async () => /ECONNREFUSED.*correct rancher_url/.test((await serve.readyz()).checks.rancher?.message ?? ''));
      expect((await serve.readyz()).status).toBe(503);
      expect((await ada.demoStatus()).instance).toBe(instance);
      const late = operator.signedIn('late');
      expect((await late.wish()).status).toBe(202);
      await operator.centre.gate.open();
      await serve.ready();
      await late.demoStatus();
      expect((await ada.demoStatus()).instance).toBe(instance);
    } finally {
      await operator.centre.gate.open();
    }
  }, 60_000);

  it('goes on, and says so, while Rancher is away in the middle', async () => {
    const ada = operator.signedIn('ada.l');
    await ada.wish();
    const { instance } = await ada.demoStatus();
    await operator.centre.gate.shut();
    try {
      const later = operator.signedIn('later');
      expect((await later.wish()).status).toBe(202);
      await until(async () => (await later.wish()).text.includes('RancherUnavailable'));
      expect((await ada.demoStatus()).instance).toBe(instance);
      await operator.centre.gate.open();
      await later.demoStatus();
    } finally {
      await operator.centre.gate.open();
    }
  }, 60_000);

  it('runs scripts in containers, and asks the satellite of their host about them', async () => {
    const secret = 'e2e-secret-of-the-satellites-0123456789';
    noteSecret(secret);
    const folder = mkdtempSync(join(tmpdir(), 'mooring-satellite-'));
    const file = join(folder, 'secret');
    writeFileSync(file, `${secret}\n`, { mode: 0o600 });
    await serve.end('SIGTERM');
    serve = await operator.serve({ MOORING_SATELLITE_SECRET_FILE: file }, serve.data);
    await serve.ready();
    const password = readFileSync(join(serve.data, 'admin-password'), 'utf8').trim();
    expect([serve.stderr().includes(`the password ${password}`), serve.stdout().includes(password)]).toEqual([true, false]);
    const headers = { authorization: String(operator.signedIn('ada.l').cookies.get('kbase_session')), 'content-type': 'application/json' };
    const body = JSON.stringify({ image_name: 'mooring/demo', script: Buffer.from('#!/bin/sh\n').toString('base64') });
    const made = await ask(serve.front, '/v1/container/', { method: 'POST', headers, body });
    expect([made.status, made.text]).toEqual([201, expect.stringContaining('"owner":"ada.l"')]);
    const state = `/v1/container/${made.json().id as string}/state`;
    const told = (status: number) => async () => {
      const answer = await ask(serve.front, state, { headers });
      return answer.status === status && answer.text;
    };
    // Its container is there, and nobody on its host can be asked.
    expect(await until(told(503), { withinMs: 20_000 })).toMatch(/No satellite runs on the host \S+,/);
    const client = new RancherClient({ url: operator.centre.gate.url, accessKey: KEY.access, secretKey: KEY.secret });
    const { services, containers } = client.project('1a5');
    const satellite = createServer((request, response) => {
      const [, what = ''] = /^Mooring-HMAC-SHA256 .*/.test(request.headers.authorization ?? '')
        ? (/(\w+)$/.exec(request.url ?? '') ?? [])
        : [];
      response.setHeader('content-type', 'application/json');
      const flags = { Paused: false, Restarting: false, OOMKilled: false, Dead: false };
      response.end(
        what === 'state'
          ? JSON.stringify({
              ...flags,
              Status: 'running',
              Running: true,
              Pid: 7,
              ExitCode: 0,
              Error: 'told',
              StartedAt: '',
              FinishedAt: '',
            })
          : '{}',
      );
    });
    const port = 5107;
    const launchConfig = { imageUuid: 'docker:mooring/demo', labels: { 'mooring.dev/satellite': String(port) } };
    const { id } = await services.create({
      name: 'satellite',
      stackId: operator.centre.stackId,
      scale: 1,
      startOnCreate: true,
      launchConfig,
    });
    try {
      const ip = await until(
        async () => (await containers.list({ state: 'running' })).find(({ serviceIds }) => serviceIds.includes(id))?.primaryIpAddress,
      );
      await new Promise<void>((resolve) => satellite.listen(port, `${ip}`, resolve));
      expect(await until(told(200), { withinMs: 20_000 })).toContain('"Error":"told"');
    } finally {
      rmSync(folder, { recursive: true });
      satellite.closeAllConnections();
      satellite.close();
      await operator.centre.removeService(id);
      await client.close();
    }
  }, 60_000);

  it('ends within ten seconds though Rancher and the sign-in service hang', async () => {
    operator.centre.gate.silent = true;
    operator.site.auth2 = 'slow';
    try {
      await restart();
      const hanging = operator.signedIn('hanging').wish();
      hanging.catch(() => undefined);
      await until(async () => operator.site.questions > 0);
      const { code, afterMs } = await serve.end('SIGTERM');
      expect(code).toBe(0);
      expect(afterMs).toBeLessThan(STOP_MS);
    } finally {
      operator.centre.gate.silent = false;
      operator.site.auth2 = 'up';
    }
  }, 60_000);

  it('says no secret in its log', async () => {
    const said = logs.join('') + serve.stdout() + serve.stderr();
    expect(said).toContain('"answered"');
    const ada = operator.signedIn('ada.l');
    for (const secret of [KEY.secret, ROUTE_TOKEN, ada.cookies.get('kbase_session') as string, operator.serviceToken])
      expect(said).not.toContain(secret);
    expect(said).not.toMatch(/narrative_session=[0-9a-f]{8}|TOKEN-/);
  });
});
