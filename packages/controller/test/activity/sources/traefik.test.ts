import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from '@jest/globals';
import { quietLogger } from '../../../../../leaks/quiet-logger.js';
import { OwnRequests } from '../../../src/activity/own-requests.js';
import { TraefikConnections } from '../../../src/activity/sources/traefik-connections.js';
import { TraefikRequests } from '../../../src/activity/sources/traefik-requests.js';
import { TraefikScraper } from '../../../src/activity/sources/traefik-scraper.js';
import { FakeClock } from '../../runtime/fake-clock.js';
import { aTarget, UID } from './targets.js';

const log = quietLogger();

/** What Traefik's metrics say, to be changed by tests; or how it answers otherwise. */
interface FakeTraefik {
  startedAt: number;
  services: Record<string, { websockets?: number; requests?: number }>;
  answer?: RequestListener | undefined;
  scrapes: number;
}

let server: Server | undefined;
afterEach(() => {
  server?.closeAllConnections();
  server?.close();
});

function textOf({ startedAt, services }: FakeTraefik): string {
  const lines = Object.entries(services).flatMap(([service, { websockets, requests }]) => [
    ...(websockets === undefined
      ? []
      : [`traefik_service_open_connections{method="GET",protocol="websocket",service="${service}"} ${websockets}`]),
    ...(requests === undefined
      ? []
      : [`traefik_service_requests_total{code="200",method="GET",protocol="http",service="${service}"} ${requests}`]),
  ]);
  return [`process_start_time_seconds ${startedAt}`, ...lines, ''].join('\n');
}

async function start({ deadlineMs = 2_000, maxBytes = 100_000 } = {}) {
  const traefik: FakeTraefik = { startedAt: 1, services: {}, scrapes: 0 };
  server = createServer((request, response) => {
    traefik.scrapes += 1;
    if (traefik.answer) traefik.answer(request, response);
    else response.end(textOf(traefik));
  });
  await new Promise<void>((resolve) => server?.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/metrics`;
  const clock = new FakeClock();
  const own = new OwnRequests(clock);
  const scraper = new TraefikScraper({ url, clock, log, deadlineMs, maxBytes });
  const options = { scraper, own, stackName: 'mooring', longestGapMs: 150_000 };
  const [connections, requests] = [new TraefikConnections(options), new TraefikRequests(options)];
  /** One tick: both are asked at once. */
  const tick = async (target = aTarget()) => {
    clock.advance(60_000);
    const [open, counted] = await Promise.all([connections.read([target]), requests.read([target])]);
    return { open: open.get(target.session.metadata.uid), counted: counted.get(target.session.metadata.uid) };
  };
  return { traefik, clock, own, scraper, tick };
}

describe('Traefik as a source', () => {
  it('is asked once a tick for both, and anew at the next', async () => {
    const { traefik, tick } = await start();
    traefik.services = { [`${UID}@rancher`]: { websockets: 1, requests: 3 } };
    expect(await tick()).toMatchObject({ open: { type: 'active' }, counted: { type: 'unknown' } });
    expect(traefik.scrapes).toBe(1);
    traefik.services = { [`${UID}@rancher`]: { websockets: 0, requests: 4 } };
    expect(await tick()).toMatchObject({ open: { type: 'quiet' }, counted: { type: 'active' } });
    expect(traefik.scrapes).toBe(2);
    expect(await tick()).toMatchObject({ open: { type: 'quiet' }, counted: { type: 'unknown' } });
  });

  it('knows a session of the HTTP provider, and with Traefik 3 no open connections', async () => {
    const { traefik, tick } = await start();
    traefik.services = { [`${UID}@http`]: { requests: 3 } };
    await tick();
    traefik.services = { [`${UID}@http`]: { requests: 4 }, 'other@http': { requests: 9 } };
    expect(await tick()).toMatchObject({
      open: { type: 'unknown', why: expect.stringContaining('Traefik 3') },
      counted: { type: 'active' },
    });
  });

  it('knows a session that narrative-traefiker left by its service and stack', async () => {
    const { traefik, tick } = await start();
    traefik.services = { 'narrative-alice-522b27_mooring@rancher': { websockets: 1 } };
    const imported = aTarget({ annotations: { 'mooring.dev/imported-service': '1s1' } });
    expect(await tick(imported)).toMatchObject({ open: { type: 'active' } });
    expect(await tick()).toMatchObject({ open: { type: 'unknown' } });
  });

  it('takes no probe of ours for a request', async () => {
    const { traefik, own, tick } = await start();
    traefik.services = { [`${UID}@http`]: { requests: 3 } };
    await tick();
    own.begin(UID)(true);
    traefik.services = { [`${UID}@http`]: { requests: 4 } };
    expect(await tick()).toMatchObject({ counted: { type: 'unknown' } });
    traefik.services = { [`${UID}@http`]: { requests: 5 } };
    expect(await tick()).toMatchObject({ counted: { type: 'active' } });
  });

  it('says nothing of a new run of the container', async () => {
    const { traefik, tick } = await start();
    traefik.services = { [`${UID}@rancher`]: { websockets: 1, requests: 3 } };
    await tick();
    traefik.services = { [`${UID}@rancher`]: { websockets: 0, requests: 9 } };
    expect(await tick(aTarget({ run: '1i1/2/active' }))).toMatchObject({ open: { type: 'unknown' }, counted: { type: 'unknown' } });
  });

  it.each<[string, RequestListener, RegExp]>([
    ['an error', (_request, response) => response.writeHead(502).end('bad'), /answers 502/],
    ['a part', (_request, response) => response.end('process_start_time_seconds 1\ntraefik_serv'), /cut short/],
    [
      'less than it promised',
      (_request, response) => {
        response.writeHead(200, { 'content-length': 1_000 }).write('process_start_time_seconds 1\n');
        setImmediate(() => response.destroy());
      },
      /can't be fetched/,
    ],
    ['too much', (_request, response) => response.end('x\n'.repeat(100_000)), /more than 100000 bytes/],
    ['nothing in time', () => undefined, /did not come within/],
    ['a page', (_request, response) => response.end('<html>\n'), /is it the metrics of Traefik/],
  ])('that answers %s is unknown, and what was quiet begins anew', async (_what, answer, why) => {
    const { traefik, clock, tick } = await start({ deadlineMs: 300 });
    traefik.services = { [`${UID}@rancher`]: { websockets: 1, requests: 3 } };
    await tick();
    traefik.services = { [`${UID}@rancher`]: { websockets: 0, requests: 3 } };
    await tick();
    traefik.answer = answer;
    const failed = { type: 'unknown', why: expect.stringMatching(why) };
    expect(await tick()).toEqual({ open: failed, counted: { ...failed, outage: true } });
    traefik.answer = undefined;
    expect(await tick()).toMatchObject({ open: { type: 'quiet', since: clock.now() }, counted: { type: 'unknown' } });
  });

  it('shares no look with who asked before it began', async () => {
    const { traefik, scraper } = await start();
    const first = scraper.scrape();
    expect(scraper.scrape()).toBe(first);
    await new Promise((resolve) => setImmediate(() => setImmediate(resolve)));
    const second = scraper.scrape();
    expect(second).not.toBe(first);
    await Promise.all([first, second]);
    expect(traefik.scrapes).toBe(2);
  });
});
