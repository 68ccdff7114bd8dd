import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { describe, expect, it } from '@jest/globals';
import { checkPorts, PortTakenError, portsFrom } from '../../src/process/ports.js';

// An address of its own, so that nobody else's ports are in the way.
const HOST = '127.91.3.7';

describe('the ports', () => {
  it('follow from the base', () => {
    expect(portsFrom(8080)).toEqual({
      entryPoint: 8080,
      rancher: 8081,
      traefik: 8082,
      front: 8083,
      internal: 8084,
      management: 8085,
      metadata: 8086,
      satellite: 8087,
    });
  });

  it('that are taken are named, with their key', async () => {
    const server = createServer().listen(0, HOST);
    await once(server, 'listening');
    const taken = (server.address() as AddressInfo).port;
    try {
      const check = checkPorts(portsFrom(taken - 3), HOST);
      await expect(check).rejects.toThrow(PortTakenError);
      await expect(checkPorts(portsFrom(taken - 3), HOST)).rejects.toThrow(
        `Port ${taken} on 127.0.0.1 (the front; MOORING_PORT_BASE=${taken - 3} + 3) is taken by another program.`,
      );
    } finally {
      server.close();
    }
    await checkPorts(portsFrom(taken - 3), HOST);
  });
});
