import { createSocket, type Socket as LogSocket } from 'node:dgram';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { get } from 'node:https';
import { type AddressInfo, createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect } from '@jest/globals';
import { type Chain, makeChain } from './support/chain.js';
import { Container } from './support/containers.js';
import { askHost, DomainsPlace } from './support/domains.js';
import { haproxyPath } from './support/haproxy.js';
import { missing, withPart } from './support/real-parts.js';
import { until as wait } from './support/until.js';

const program = haproxyPath();
const it = withPart('HAProxy', program !== undefined);

const [HTTP, HTTPS, STATS] = [18_932, 18_933, 18_934];
const HOST = 'shop.dev.test';
const until = (condition: () => boolean | Promise<boolean>, what: string): Promise<true> => wait(condition, { what: () => what });

/** Answers what it is sent first, as a server does that is told of its clients by the proxy protocol. */
async function openRaw(): Promise<{ server: Server; port: number; seen: Buffer[] }> {
  const seen: Buffer[] = [];
  const server = createServer((socket) => {
    socket.once('data', (data) => {
      seen.push(data);
      socket.end('HTTP/1.1 200 OK\r\nContent-Length: 3\r\nConnection: close\r\n\r\nraw');
    });
    socket.on('error', () => undefined);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { server, port: (server.address() as AddressInfo).port, seen };
}

function askSecurely(chain: Chain): Promise<{ text: string; serial: string }> {
  return new Promise((resolve, reject) => {
    const sent = get(
      { host: '127.0.0.1', port: HTTPS, servername: HOST, headers: { host: HOST }, ca: chain.authority, agent: false, timeout: 5_000 },
      (answer) => {
        const serial = (answer.socket as import('node:tls').TLSSocket).getPeerCertificate().serialNumber;
        let text = '';
        answer.setEncoding('utf8').on('data', (chunk: string) => {
          text += chunk;
        });
        answer.once('end', () => resolve({ text, serial }));
      },
    );
    sent.once('timeout', () => sent.destroy(new Error('no answer over HTTPS within 5 s')));
    sent.once('error', reject);
  });
}

describe('HTTPS, statistics, syslog and the proxy protocol of stack domains', () => {
  const folder = mkdtempSync(join(tmpdir(), 'mooring-chain-'));
  let place: DomainsPlace;
  let chain: Chain;
  let shop: Container;
  let syslog: LogSocket;
  const logged: string[] = [];
  const raw: Awaited<ReturnType<typeof openRaw>>[] = [];
  const base64 = ({ cert, key }: Chain) => ({ cert: Buffer.from(cert).toString('base64'), key: Buffer.from(key).toString('base64') });
  const chainOf = (name: string, days?: number): Chain => {
    mkdirSync(join(folder, name));
    return makeChain(join(folder, name), HOST, days);
  };
  const rawEntry = (stack: string, port: number, options: string): object => ({
    ...shop.entry({ 'map-public-http': String(port), 'send-proxy': options }),
    stack_name: stack,
  });
  const tell = (ssl: { cert: string; key: string }): void =>
    place.metadata.tell({
      containers: [shop.entry(), rawEntry('one', raw[0]?.port ?? 0, 'send-proxy'), rawEntry('two', raw[1]?.port ?? 0, 'send-proxy-v2')],
      ssl,
    });

  beforeAll(async () => {
    if (program === undefined) return missing('HAProxy');
    syslog = createSocket('udp4');
    syslog.on('message', (message) => logged.push(String(message)));
    await new Promise<void>((resolve) => syslog.bind(0, '127.0.0.1', resolve));
    chain = chainOf('first');
    shop = await Container.open('shop', 1);
    raw.push(await openRaw(), await openRaw());
    place = await DomainsPlace.open({
      MOORING_DOMAINS_LISTEN: `127.0.0.1:${HTTP}`,
      MOORING_DOMAINS_LISTEN_SSL: `127.0.0.1:${HTTPS}`,
      ENABLE_SSL: 'true',
      SSL_BASE64_ENCODED: 'true',
      ENABLE_SSL_REDIRECTION: 'true',
      SSL_REDIRECTION_TYPE: '307',
      ENABLE_STATS: 'true',
      STATS_PORT: String(STATS),
      SYSLOG_HOST: `127.0.0.1:${syslog.address().port}`,
      SYSLOG_FACILITY: 'local0',
    });
    tell(base64(chain));
    await place.start('--haproxy').waitFor(async () => (await askSecurely(chain).catch(() => ({ text: '' }))).text === 'shop 1', 'HTTPS');
  });

  afterAll(async () => {
    await place?.close();
    await shop?.close();
    for (const { server } of raw) server.close();
    syslog?.close();
    rmSync(folder, { recursive: true, force: true });
  });

  it('serves the chain, leads from HTTP to HTTPS by the status that was asked for, and logs', async () => {
    const answer = await askHost(HTTP, HOST, undefined, '/a?b=c');
    expect([answer.status, answer.headers.location]).toEqual([307, `https://${HOST}/a?b=c`]);
    await until(() => logged.some((line) => line.startsWith('<134>') && line.includes('/a?b=c')), 'a line in the syslog');
  });

  it('lets nobody else read the key', () => {
    expect(statSync(join(place.folder, 'server.pem')).mode & 0o077).toBe(0);
    for (const name of readdirSync(join(place.folder, 'mooring-haproxy'))) {
      // HAProxy binds its sockets under names that it renames at once: one may be gone since the folder was read.
      const file = statSync(join(place.folder, 'mooring-haproxy', name), { throwIfNoEntry: false });
      expect([name, (file?.mode ?? 0) & 0o007]).toEqual([name, 0]);
    }
  });

  it('keeps the statistics behind a password that was made', async () => {
    expect((await askHost(STATS, 'x')).status).toBe(401);
    const password = readFileSync(join(place.folder, 'mooring-haproxy', 'stats-password.key'), 'utf8').trim();
    const asked = await fetch(`http://127.0.0.1:${STATS}/`, {
      headers: { authorization: `Basic ${Buffer.from(`haproxy:${password}`).toString('base64')}` },
    });
    expect(asked.status).toBe(200);
    expect(await asked.text()).toContain('Statistics Report');
    expect(place.command?.stdout()).not.toContain(password);
  });

  it('takes a new certificate without being started again, and none that has ended or is of another key', async () => {
    const next = chainOf('next');
    const ended = chainOf('ended', 0);
    tell({ cert: base64(next).cert, key: base64(chain).key });
    await until(() => (place.command?.stdout() ?? '').includes('of another certificate'), 'the wrong key to be told');
    tell(base64(ended));
    await until(() => (place.command?.stdout() ?? '').includes('the certificate ended'), 'the end to be told');
    expect((await askSecurely(chain)).text).toBe('shop 1');
    const { serial } = await askSecurely(chain);
    tell(base64(next));
    await until(async () => (await askSecurely(next).catch(() => ({ serial }))).serial !== serial, 'the new certificate');
    expect(place.command?.stdout()).not.toContain('PRIVATE KEY');
    chain = next;
  });

  it('tells backends by the proxy protocol, in both its versions, who asks', async () => {
    const asking = (host: string): Promise<string> =>
      new Promise((resolve, reject) => {
        get({ host: '127.0.0.1', port: HTTPS, servername: HOST, headers: { host }, ca: chain.authority, agent: false }, (answer) => {
          answer.setEncoding('utf8').once('data', resolve);
        }).once('error', reject);
      });
    expect([await asking('one.dev.test'), await asking('two.dev.test')]).toEqual(['raw', 'raw']);
    expect(raw[0]?.seen[0]?.toString('latin1')).toMatch(/^PROXY TCP4 127\.0\.0\.1 127\.0\.0\.1 \d+ 18933\r\n/);
    expect(raw[1]?.seen[0]?.subarray(0, 12).toString('latin1')).toBe('\r\n\r\n\0\r\nQUIT\n');
  });

  it("fills in rancher-haproxy's places in a haproxy.cfg of the site, and starts none that HAProxy refuses", async () => {
    await place.command?.end('SIGTERM');
    writeFileSync(
      join(place.folder, 'haproxy.cfg'),
      `defaults\n  mode http\n  timeout connect 5s\n  timeout client 5s\n  timeout server 5s\n#ENABLE_STATS#listen stats\n#ENABLE_STATS#  bind 127.0.0.1:#STATS_PORT#\n#ENABLE_STATS#  stats enable\n#ENABLE_STATS#  stats uri /\n#ENABLE_STATS#  stats auth #STATS_USERNAME#:#STATS_PASSWORD#\nfrontend www\n  bind 127.0.0.1:${HTTP}\n  http-response set-header X-Site ours\n  use_backend %[req.hdr(host),lower,map_dom(${place.folder}/domain.map,be_sorry)]\n#ENABLE_SSL#frontend www-https\n#ENABLE_SSL#  bind 127.0.0.1:${HTTPS} ssl crt #SSL_CERT#\n#ENABLE_SSL#  use_backend %[req.hdr(host),lower,map_dom(${place.folder}/domain.map,be_sorry)]\nbackend be_sorry\n`,
    );
    await place
      .start('--haproxy')
      .waitFor(async () => (await askHost(HTTP, HOST).catch(() => undefined))?.status === 200, 'the own haproxy.cfg');
    expect((await askHost(HTTP, HOST)).headers['x-site']).toBe('ours');
    expect((await askSecurely(chain)).text).toBe('shop 1');
    expect((await askHost(STATS, 'x')).status).toBe(401);
    await place.command?.end('SIGTERM');
    writeFileSync(join(place.folder, 'haproxy.cfg'), 'frontend www\n  bind nowhere at all\n');
    const before = readFileSync(join(place.folder, 'haproxy-backends.cfg'), 'utf8');
    const once = place.start('--once', '--haproxy');
    await until(() => once.child.exitCode !== null, 'it to end');
    expect(once.child.exitCode).toBe(1);
    expect(once.stderr()).toContain('HAProxy refuses the configuration');
    expect(readFileSync(join(place.folder, 'haproxy-backends.cfg'), 'utf8')).toBe(before);
  }, 60_000);
});
