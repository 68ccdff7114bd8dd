import { Agent, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from '@jest/globals';
import type { FastifyInstance } from 'fastify';
import { Registry } from 'prom-client';
import { buildInternal } from '../../src/index.js';
import { memoryLogger } from '../support/front.js';

const TOKEN = 'a-token-for-the-routes';

describe('the routes for a Traefik that prefers to wait', () => {
  let app: FastifyInstance;
  const agents: Agent[] = [];
  afterEach(async () => {
    await app.close();
    for (const agent of agents.splice(0)) agent.destroy();
  });

  async function listening() {
    const site = { document: 'first', change: () => {}, know: async () => {} };
    const { logger } = memoryLogger();
    app = await buildInternal({
      registry: new Registry(),
      ready: () => ({ ok: true, checks: {} }),
      routeDocument: () => site.document,
      onRoutesChanged: (listener) => {
        site.change = listener;
      },
      knowReader: () => site.know(),
      routeToken: TOKEN,
      logger,
    });
    await app.listen({ host: '127.0.0.1', port: 0 });
    const { port } = app.server.address() as AddressInfo;
    /** As Traefik: one connection, which is kept. */
    const traefik = () => {
      const agent = new Agent({ keepAlive: true, maxSockets: 1 });
      agents.push(agent);
      return (prefer = 'wait=4') =>
        new Promise<string>((resolve, reject) => {
          const headers = { authorization: `Bearer ${TOKEN}`, prefer };
          const sent = request({ host: '127.0.0.1', port, path: '/traefik/config', agent, headers }, (answer) => {
            let text = '';
            answer.setEncoding('utf8').on('data', (chunk: string) => {
              text += chunk;
            });
            answer.once('end', () => resolve(text));
          });
          sent.once('error', reject).end();
        });
    };
    return { site, traefik };
  }

  /** As soon as this is answered, what was asked for before is there, too. */
  const isHeld = async (answer: Promise<string>, ask: () => Promise<string>): Promise<boolean> => {
    let answered = false;
    void answer.then(() => {
      answered = true;
    });
    await ask();
    return !answered;
  };

  it('are there on a new connection once it is known whose it is, and then without asking', async () => {
    const { site, traefik } = await listening();
    let known = 0;
    site.know = async () => {
      known += 1;
      site.document = 'for that one';
    };
    const one = traefik();
    expect([await one('wait=0'), await one('wait=0'), known]).toEqual(['for that one', 'for that one', 1]);
    expect([await traefik()(), known]).toEqual(['for that one', 2]);
  });

  it('are there at once on a new connection, and then when they are others', async () => {
    const { site, traefik } = await listening();
    const [one, other] = [traefik(), traefik()];
    expect(await one()).toBe('first');
    const next = one();
    expect(await isHeld(next, other)).toBe(true);
    site.document = 'second';
    site.change();
    expect(await next).toBe('second');
  });

  it('are there for each connection, whatever the others have', async () => {
    const { site, traefik } = await listening();
    const [one, other] = [traefik(), traefik()];
    await Promise.all([one(), other()]);
    site.document = 'second';
    site.change();
    expect(await Promise.all([one(), other()])).toEqual(['second', 'second']);
  });

  it('are there when the time is up, or when nobody wants to wait', async () => {
    const { traefik } = await listening();
    const one = traefik();
    expect([await one('wait=0'), await one('wait=0'), await one('respond-async'), await one('wait=soon')]).toEqual(Array(4).fill('first'));
  });

  it('let nobody hold up an end of Mooring', async () => {
    const { traefik } = await listening();
    const one = traefik();
    await one();
    const held = one();
    expect(await isHeld(held, traefik())).toBe(true);
    await app.close();
    expect(await held).toBe('first');
  });
});
