import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { openStore } from '@mooring/resources';
import { type Claim, claimFolder } from '../../src/process/claim.js';
import { runProgram } from '../../src/program.js';
import { scratch } from '../support/scratch.js';

const NAME = 'narrative-ada-e4ea29';
const LIVE = { session: NAME, phase: 'Ready', why: 'Live.', conditions: [], events: [] };

let folder: string;
let claim: Claim | undefined;
let server: Server | undefined;
let answer: { status: number; body: unknown };

/** A data folder with one session in its store. */
beforeEach(async () => {
  folder = await scratch();
  const store = await openStore({ path: join(folder, 'mooring.db') });
  await store.create('Session', {
    metadata: { name: NAME },
    spec: { owner: { name: 'ada' }, launch: { image: 'i:1' }, route: { type: 'none' } },
  });
  await store.close();
});
afterEach(async () => {
  await claim?.release();
  claim = undefined;
  server?.closeAllConnections();
  server?.close();
  server = undefined;
});

async function run(args: string[], environment: Record<string, string> = {}) {
  const said = { out: '', err: '' };
  const code = await runProgram(['explain', ...args], {
    environment: { MOORING_DATA: folder, ...environment },
    machine: 'm',
    out: (text) => {
      said.out += text;
    },
    err: (text) => {
      said.err += text;
    },
  });
  return { code, ...said };
}

/** A Mooring runs on the data folder; answers the environment that names its internal listener. */
async function running(status: number, body: unknown): Promise<Record<string, string>> {
  answer = { status, body };
  claim = await claimFolder(join(folder, 'lock'));
  server = createServer((_request, response) => response.writeHead(answer.status).end(JSON.stringify(answer.body)));
  await new Promise<void>((resolve) => server?.listen(0, '127.0.0.1', resolve));
  return { MOORING_INTERNAL_LISTEN: `127.0.0.1:${(server.address() as AddressInfo).port}` };
}

describe('mooring explain', () => {
  it('reads the store where nothing runs on it', async () => {
    const { code, out, err } = await run([NAME]);
    expect([code, err]).toEqual([0, '']);
    expect(out).toContain(
      `${NAME} of ada: Pending\nNobody has looked at it yet. It has no idle policy, so it stays whether or not somebody uses it.\n`,
    );
    expect(out).toContain(
      `As recorded in ${join(folder, 'mooring.db')}; what the sources say now, nobody can tell: no Mooring runs on it.`,
    );
    expect(JSON.parse((await run([NAME, '--json'])).out)).toMatchObject({ session: NAME, phase: 'Pending', from: { kind: 'store' } });
  });

  it('asks the Mooring that runs on it first', async () => {
    const environment = await running(200, LIVE);
    const { code, out } = await run([NAME], environment);
    expect([code, out]).toEqual([0, `${NAME}: Ready\nLive.\nAs the running Mooring says.\n`]);
  });

  it('reads the store where that one does not explain', async () => {
    const environment = await running(500, {});
    const { code, out } = await run([NAME], environment);
    expect(code).toBe(0);
    expect(out).toContain('nobody can tell: its internal listener answers 500');
  });

  it('ends with 2 and a sentence where there is no such session', async () => {
    const none = await run(['narrative-eve-1']);
    expect([none.code, none.out]).toEqual([2, '']);
    expect(none.err).toMatch(/^mooring: There is no session "narrative-eve-1" in .*mooring\.db, and no Event tells of one\. mooring plan/);
    expect((await run(['ada'])).err).toContain(`The sessions of ada are: ${NAME}.`);
    const environment = await running(404, { code: 'unknown-session' });
    expect((await run(['narrative-eve-1'], environment)).code).toBe(2);
    expect((await run([])).code).toBe(2);
  });

  it('says what to do where there is no store', async () => {
    const { code, err } = await run([NAME], { MOORING_DATA: join(folder, 'nowhere') });
    expect(code).toBe(1);
    expect(err).toContain('set MOORING_DATA to theirs');
  });
});
