import { readFile } from 'node:fs/promises';
import { connect, createServer, type Socket } from 'node:net';
import { afterEach, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { isLoopback, parseTables } from '../../../src/activity/sources/proc-net-tcp.js';
import { fixture } from './targets.js';

/** Of a real machine: a server on [::] with a client over IPv4 and one over IPv6, and a server on 127.64.3.7 with a client. */
const TABLES = fixture('proc-net-tcp.txt');

describe('the tables of connections', () => {
  it('are read as they are: little-endian, IPv6, IPv4 in IPv6, and only what is established', () => {
    expect(parseTables(TABLES)).toEqual([
      { local: { ip: '127.64.3.7', port: 18889 }, remote: { ip: '127.0.0.1', port: 50998 } },
      { local: { ip: '127.0.0.1', port: 60236 }, remote: { ip: '127.0.0.1', port: 18888 } },
      { local: { ip: '127.0.0.1', port: 50998 }, remote: { ip: '127.64.3.7', port: 18889 } },
      { local: { ip: '0:0:0:0:0:0:0:1', port: 58430 }, remote: { ip: '0:0:0:0:0:0:0:1', port: 18888 } },
      { local: { ip: '127.0.0.1', port: 18888 }, remote: { ip: '127.0.0.1', port: 60236 } },
      { local: { ip: '0:0:0:0:0:0:0:1', port: 18888 }, remote: { ip: '0:0:0:0:0:0:0:1', port: 58430 } },
    ]);
  });

  it('have no second one where the container has no IPv6', () => {
    const [, tcp = ''] = /^([\s\S]*)( {2}sl {2}local_address {10})/.exec(TABLES) ?? [];
    const version = TABLES.slice(TABLES.indexOf('Linux version'));
    for (const error of [
      'cat: /proc/net/tcp6: No such file or directory',
      "cat: can't open '/proc/net/tcp6': No such file or directory",
      'cat: /proc/net/tcp6: no such file or directory',
    ])
      expect(parseTables(`${tcp}${error}\n${version}`)).toHaveLength(3);
    expect(parseTables(`${tcp}cat: /proc/net/tcp6: Permission denied\n${version}`)).toEqual({ problem: expect.stringContaining('tcp6') });
  });

  it.each([
    ['', 'nothing was written'],
    ['OCI runtime exec failed: exec failed: "cat": executable file not found in $PATH: unknown\n', 'executable file not found'],
    [TABLES.slice(0, TABLES.indexOf('Linux')), 'cut short'],
    [TABLES.replace('0703407F:49C9 0100007F:C736 01', '0703407F:49C9 0100007F:C7'), "can't be read"],
    [TABLES.replace('0703407F:49C9 0100007F', '0703407F:49C9 0100007F0100007F'), "can't be read"],
  ])('are a problem where they are not whole', (text, problem) =>
    expect(parseTables(text)).toEqual({ problem: expect.stringContaining(problem) }),
  );

  it('are never a part of themselves, wherever they are cut', () => {
    const whole = parseTables(TABLES);
    const end = TABLES.indexOf('Linux version ') + 'Linux version '.length;
    fc.assert(
      fc.property(fc.nat(TABLES.length), (cut) =>
        expect(parseTables(TABLES.slice(0, cut))).toEqual(cut > end ? whole : { problem: expect.any(String) }),
      ),
    );
  });

  it('are read whatever they hold', () => {
    fc.assert(fc.property(fc.string({ unit: 'binary' }), (text) => void parseTables(`${TABLES}${text}`)));
  });
});

describe('a connection of this machine', () => {
  const sockets: Socket[] = [];
  afterEach(() => {
    for (const socket of sockets.splice(0)) socket.destroy();
  });

  it('is in them', async () => {
    const server = createServer((socket) => sockets.push(socket));
    await new Promise<void>((resolve) => server.listen(0, '127.77.1.2', resolve));
    const { port } = server.address() as { port: number };
    const client = connect(port, '127.77.1.2');
    sockets.push(client);
    await new Promise((resolve) => client.once('connect', resolve));
    const files = ['/proc/net/tcp', '/proc/net/tcp6', '/proc/version'].map((path) =>
      readFile(path, 'utf8').catch(() => `cat: ${path}: No such file or directory\n`),
    );
    const established = parseTables((await Promise.all(files)).join(''));
    expect(established).toContainEqual({ local: { ip: '127.77.1.2', port }, remote: { ip: client.localAddress, port: client.localPort } });
    server.close();
  });
});

describe('isLoopback', () => {
  it.each(['127.0.0.1', '127.64.3.7', '0:0:0:0:0:0:0:1'])('knows %s', (ip) => expect(isLoopback(ip)).toBe(true));
  it.each(['10.42.0.7', '12.7.0.1', 'fd00:0:0:0:0:0:0:1'])('knows that %s is none', (ip) => expect(isLoopback(ip)).toBe(false));
});
