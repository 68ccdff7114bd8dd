import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { WebSocket } from 'ws';
import { quietLogger } from '../../../../leaks/quiet-logger.js';
import { createProcessRuntime } from '../../src/runtime/index.js';
import { framesOf } from '../../src/streams/exec-output.js';
import { readToken, signToken } from '../../src/streams/token.js';
import { installationOf, program } from '../runtime/fixture.js';
import { Harness, serviceBody, waitFor } from '../support/harness.js';

const PROGRAM = 'let n = 0; console.log("hello"); setInterval(() => console.log("line " + ++n), 100)';
const logger = quietLogger();

let rancher: Harness;
let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'streams-'));
  const images = { talker: program(PROGRAM) };
  const runtime = createProcessRuntime({ dataDir: folder, installation: installationOf(folder), images, unknownImage: 'error', logger });
  rancher = await Harness.start({ runtime });
  const stackId = await rancher.stack();
  await rancher.post('services', serviceBody('talker', stackId, { imageUuid: 'docker:talker', environment: { GREETING: 'good morning' } }));
  await rancher.untilState('containers/1i1', 'running');
});
afterAll(async () => {
  await rancher.end();
  await rm(folder, { recursive: true, force: true });
});

interface Access {
  url: string;
  token: string;
}

const accessTo = async (action: string, body: unknown): Promise<Access> => {
  const answer = await rancher.post(`containers/1i1?action=${action}`, body);
  expect(answer).toMatchObject({ status: 200, body: { type: 'hostAccess', token: expect.any(String) } });
  return answer.body as unknown as Access;
};

const connect = async ({ url, token }: Access): Promise<{ socket: WebSocket; frames: string[] }> => {
  const socket = new WebSocket(`${url}?token=${token}`);
  const frames: string[] = [];
  socket.on('message', (data) => frames.push(String(data)));
  await new Promise((resolve, reject) => socket.once('open', resolve).once('error', reject));
  return { socket, frames };
};

describe('logs (05-20)', () => {
  it('begin with the last lines and go on', async () => {
    const { socket, frames } = await connect(await accessTo('logs', { follow: true, lines: 100 }));
    await waitFor(() => (frames.includes('01 hello') && frames.length > 3 ? true : undefined), 'lines');
    const count = frames.length;
    await waitFor(() => (frames.length > count ? true : undefined), 'more lines');
    socket.terminate();
  });

  it('end where they are not followed', async () => {
    const { socket, frames } = await connect(await accessTo('logs', { follow: false, lines: 1 }));
    await new Promise((resolve) => socket.once('close', resolve));
    expect(frames).toHaveLength(1);
  });
});

describe('execute (05-21)', () => {
  it('runs a command in the environment of the container, in base64 both ways', async () => {
    const { socket, frames } = await connect(
      await accessTo('execute', { command: ['/bin/sh'], attachStdin: true, attachStdout: true, tty: true }),
    );
    socket.send(Buffer.from('echo "$GREETING"; exit\n').toString('base64'));
    await new Promise((resolve) => socket.once('close', resolve));
    expect(frames.map((frame) => Buffer.from(frame, 'base64').toString()).join('')).toContain('good morning');
  });

  const outputOf = async (body: Record<string, unknown>): Promise<Buffer> => {
    const { socket, frames } = await connect(await accessTo('execute', body));
    await new Promise((resolve) => socket.once('close', resolve));
    return Buffer.concat(frames.map((frame) => Buffer.from(frame, 'base64')));
  };

  it('ends lines as a terminal does, both outputs in one', async () => {
    const output = await outputOf({ command: ['/bin/sh', '-c', 'echo one; sleep 0.1; echo two >&2'], tty: true });
    expect(output.toString()).toBe('one\r\ntwo\r\n');
  });

  it("passes Docker's framing through where there is no terminal", async () => {
    const output = await outputOf({ command: ['/bin/sh', '-c', 'echo one; sleep 0.1; echo two >&2'], tty: false });
    expect(output).toEqual(Buffer.from('\x01\0\0\0\0\0\0\x04one\n\x02\0\0\0\0\0\0\x04two\n', 'latin1'));
  });

  it('comes in pieces of 4096 bytes', () => {
    const frames = [...framesOf('stdout', Buffer.alloc(10_000, 'x'), true)];
    expect(frames.map((frame) => Buffer.from(frame, 'base64').length)).toEqual([4096, 4096, 1808]);
  });

  it('takes no notice of the size of a terminal', async () => {
    const { socket, frames } = await connect(await accessTo('execute', { command: ['/bin/sh'] }));
    socket.send(':resizeTTY:80,24');
    socket.send(Buffer.from('echo fine; exit\n').toString('base64'));
    await new Promise((resolve) => socket.once('close', resolve));
    expect(frames.map((frame) => Buffer.from(frame, 'base64').toString()).join('')).toBe('fine\r\n');
  });

  it('needs its own token', async () => {
    const { url } = await accessTo('execute', { command: ['/bin/sh'] });
    const { token } = await accessTo('logs', {});
    await expect(connect({ url, token })).rejects.toThrow('401');
    await expect(connect({ url, token: 'made-up' })).rejects.toThrow('401');
  });
});

describe('statistics (05-25)', () => {
  it('tell what containers use', async () => {
    const { body } = await rancher.get('hosts/1h1/hoststats');
    const { socket, frames } = await connect(body as unknown as Access);
    await waitFor(() => (frames.length > 0 ? true : undefined));
    expect(JSON.parse(frames[0] ?? '')).toMatchObject([{ id: '1i1', memory: { usage: expect.any(Number) } }]);
    socket.terminate();
  });
});

describe('a token', () => {
  const key = Buffer.from('0123456789abcdef');

  it('is good until its time is over, and for nobody who changes it', () => {
    const token = signToken({ exp: 100, stream: 'logs' }, key);
    expect(readToken(token, key, 99_000)).toMatchObject({ stream: 'logs' });
    expect(readToken(token, key, 100_000)).toBeUndefined();
    expect(readToken(token, Buffer.from('another'), 99_000)).toBeUndefined();
    expect(readToken(`${token.slice(0, -2)}xx`, key, 99_000)).toBeUndefined();
    expect(readToken('x.y.z', key, 0)).toBeUndefined();
  });
});
