import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { fetchInto } from '../../src/containers/fetch/fetch.js';
import { AddressGuard, isPublic } from '../../src/containers/fetch/guard.js';

/** What answers on this machine: it must be reached by nobody who wasn't allowed to. */
let server: Server;
let port: number;
let reached: string[] = [];
const folder = mkdtempSync(join(tmpdir(), 'mooring-fetch-'));
const file = join(folder, 'fetched');

const answers: RequestListener = (request, response) => {
  reached.push(request.url ?? '');
  const to = new URL(request.url ?? '/', 'http://x').searchParams.get('to');
  if (to !== null) response.writeHead(302, { location: to }).end();
  else if (request.url === '/big') response.end('x'.repeat(5000));
  else if (request.url === '/endless') response.write('x');
  else if (request.url === '/none') response.writeHead(404).end();
  else response.end('here');
};

beforeAll(async () => {
  server = createServer(answers);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  ({ port } = server.address() as AddressInfo);
});
afterAll(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
  rmSync(folder, { recursive: true, force: true });
});

interface Site {
  /** Addresses that a name leads to, one list a question. */
  names?: Record<string, string[][]>;
  allowed?: string[];
  maxBytes?: number;
  timeoutMs?: number;
}
async function get(url: string, { names = {}, allowed = [], maxBytes = 1000, timeoutMs = 5_000 }: Site = {}): Promise<string> {
  const asked: Record<string, number> = {};
  const guard = new AddressGuard(allowed, async (host) => {
    const answersOf = names[host];
    if (!answersOf) throw Object.assign(new Error('no such host'), { code: 'ENOTFOUND' });
    asked[host] = (asked[host] ?? -1) + 1;
    return answersOf[Math.min(asked[host], answersOf.length - 1)] ?? [];
  });
  await fetchInto(file, url, { guard, maxBytes, timeoutMs });
  return readFileSync(file, 'utf8');
}

/** Of private, loopback, link-local, metadata and other special addresses, in every way to write them. */
const REFUSED = [
  'http://127.0.0.1/',
  'http://127.1/',
  'http://2130706433/',
  'http://0x7f000001/',
  'http://0177.0.0.1/',
  'http://0/',
  'http://0.0.0.0/',
  'http://localhost/',
  'http://10.0.0.1/',
  'http://10.255.255.255/',
  'http://172.16.0.1/',
  'http://172.31.255.255/',
  'http://192.168.0.1/',
  'http://169.254.169.254/latest/meta-data/',
  'http://169.254.170.2/',
  'http://100.64.0.1/',
  'http://100.100.100.200/',
  'http://192.0.0.192/',
  'http://198.18.0.1/',
  'http://224.0.0.1/',
  'http://255.255.255.255/',
  'http://240.0.0.1/',
  'http://[::1]/',
  'http://[::]/',
  'http://[::ffff:127.0.0.1]/',
  'http://[::ffff:7f00:1]/',
  'http://[::ffff:10.0.0.1]/',
  'http://[fe80::1]/',
  'http://[fc00::1]/',
  'http://[fd00:ec2::254]/',
  'http://[64:ff9b::7f00:1]/',
  'http://[2002:7f00:1::]/',
  'http://[ff02::1]/',
  'http://user:pass@example.org/',
  'ftp://example.org/',
  'file:///etc/passwd',
  'gopher://127.0.0.1/',
  'data:text/plain,x',
  'http://inside.example/',
  'http://mixed.example/',
] as const;
const NAMES = {
  localhost: [['127.0.0.1', '::1']],
  'inside.example': [['192.168.7.7']],
  'mixed.example': [['93.184.216.34', '127.0.0.1']],
};

describe('what is fetched', () => {
  it(`is nothing at any of ${REFUSED.length} addresses that are not of the public internet`, async () => {
    expect(REFUSED).toHaveLength(40);
    for (const url of REFUSED) await expect(get(url, { names: NAMES })).rejects.toMatchObject({ code: 'FetchRefused' });
  });

  it('is so by address, whatever a name promised before', () => {
    expect(['93.184.216.34', '2606:2800:220:1::1'].map(isPublic)).toEqual([true, true]);
    expect(['127.0.0.1', '169.254.169.254', '::ffff:10.0.0.1', '64:ff9b::1', '2001::1'].map(isPublic)).toEqual([
      false,
      false,
      false,
      false,
      false,
    ]);
  });

  it('is what is allowed by name and by address', async () => {
    const allowed = ['127.0.0.1'];
    expect(await get(`http://127.0.0.1:${port}/a`, { allowed })).toBe('here');
    expect(await get(`http://data.example:${port}/a`, { allowed, names: { 'data.example': [['127.0.0.1']] } })).toBe('here');
  });

  it('is judged anew at each redirect, and at each answer of a name', async () => {
    const allowed = ['127.0.0.1'];
    const start = `http://127.0.0.1:${port}/?to=`;
    for (const to of [
      'http://127.0.0.2/',
      'http://[::1]/',
      'http://169.254.169.254/',
      'file:///etc/passwd',
      'http://0x7f000002/',
      '//10.0.0.1/',
    ])
      await expect(get(`${start}${encodeURIComponent(to)}`, { allowed })).rejects.toMatchObject({ code: 'FetchRefused' });
    // First it leads where it may, then, asked again for the redirect, elsewhere.
    reached = [];
    const names = { 'moves.example': [['127.0.0.1'], ['127.0.0.2']] };
    const again = encodeURIComponent(`http://moves.example:${port}/second`);
    await expect(get(`http://moves.example:${port}/?to=${again}`, { allowed, names })).rejects.toMatchObject({ code: 'FetchRefused' });
    expect(reached).toEqual([`/?to=${again}`]);
    expect(await get(`${start}${encodeURIComponent('/second')}`, { allowed })).toBe('here');
  });

  it('has an end: of bytes, of time, of redirects', async () => {
    const allowed = ['127.0.0.1'];
    const at = (path: string, site: Site = {}) => get(`http://127.0.0.1:${port}${path}`, { allowed, ...site });
    await expect(at('/big')).rejects.toThrow(/more than 1000 bytes/);
    await expect(at('/endless', { timeoutMs: 200 })).rejects.toThrow(/did not come whole within 0.2 s/);
    await expect(at('/none')).rejects.toThrow(/answers with status 404/);
    const round = (n: number): string => (n === 0 ? '/end' : `/?to=${encodeURIComponent(round(n - 1))}`);
    await expect(at(round(6))).rejects.toThrow(/more than 5 times/);
    await expect(get('http://nobody.example/')).rejects.toThrow(/ENOTFOUND/);
  });
});
