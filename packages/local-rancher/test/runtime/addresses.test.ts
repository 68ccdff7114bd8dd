import { createServer } from 'node:net';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { AddressPool, drawAddress } from '../../src/runtime/addresses.js';

const everythingFree = () => Promise.resolve(true);
const RANGE = /^127\.(6[4-9]|[7-9]\d|1[01]\d|12[0-7])\.\d{1,3}\.\d{1,3}$/;

describe('drawAddress', () => {
  it('stays within 127.64.0.0/10 and away from the ends of a network', () => {
    fc.assert(
      fc.property(fc.string(), (seed) => {
        const address = drawAddress(seed);
        expect(address).toMatch(RANGE);
        expect(address).not.toMatch(/\.(0|255)$/);
      }),
    );
  });
});

describe('AddressPool', () => {
  it('never hands out an address twice, however the reservations overlap', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.scheduler(),
        fc.array(fc.constantFrom('127.70.0.1', '127.70.0.2', undefined), { maxLength: 20 }),
        async (scheduler, wishes) => {
          const pool = new AddressPool('installation', () => scheduler.schedule(Promise.resolve(true)));
          const reserved = wishes.map((preferred, index) => pool.reserve({ uuid: `c${index % 3}`, ports: [1], preferred }));
          await scheduler.waitFor(Promise.all(reserved));
          const addresses = await Promise.all(reserved);
          expect(new Set(addresses).size).toBe(wishes.length);
        },
      ),
      { numRuns: 50 },
    );
  });

  it('gives a container the same address again, and another one to another installation', async () => {
    const request = { uuid: 'c1', ports: [8888] };
    const [first, again, elsewhere] = await Promise.all(
      ['a', 'a', 'b'].map((installation) => new AddressPool(installation, everythingFree).reserve(request)),
    );
    expect(again).toBe(first);
    expect(elsewhere).not.toBe(first);
  });

  it('passes by an address on which one of the ports is taken', async () => {
    const preferred = '127.111.3.4';
    const blocker = createServer();
    await new Promise<void>((resolve) => blocker.listen({ host: preferred, port: 0 }, resolve));
    const { port } = blocker.address() as { port: number };
    const pool = new AddressPool('installation');
    const request = { uuid: 'c1', ports: [port], preferred };
    expect(await pool.reserve(request)).not.toBe(preferred);
    await new Promise((resolve) => blocker.close(resolve));
    expect(await pool.reserve(request)).toBe(preferred);
  });

  it.each(['10.0.0.1', '127.0.0.1', '127.128.0.1', '127.64.0.256', 'localhost', ''])(
    'does not take %j, which is none of its own',
    async (preferred) => {
      const address = await new AddressPool('installation', everythingFree).reserve({ uuid: 'c1', ports: [1], preferred });
      expect(address).not.toBe(preferred);
      expect(address).toMatch(RANGE);
    },
  );

  it('says what to do where no address has the port free', async () => {
    const pool = new AddressPool('installation', () => Promise.resolve(false));
    await expect(pool.reserve({ uuid: 'c1', ports: [8888] })).rejects.toMatchObject({
      code: 'NoFreeAddress',
      message: expect.stringContaining('8888'),
    });
  });

  it('names a port that cannot be bound at all', async () => {
    await expect(new AddressPool('installation').reserve({ uuid: 'c1', ports: [70_000] })).rejects.toThrow(/70000/);
  });
});
