import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import type { InjectOptions } from 'fastify';
import { extract, pack } from 'tar-stream';
import type { Change, ContainerFiles, WholeTar } from '../../src/containers/ports/container-files.js';
import type { ContainersOptions } from '../../src/index.js';
import { type TestFront, type TestFrontOptions, testFront } from './front.js';

const PASSWORD = 'correct horse battery staple';

class FilesError extends Error {
  constructor(
    readonly code: string,
    message: string,
  ) {
    super(message);
  }
}

/** What containers' hosts would do, in memory: one container's files for all of them. */
class MemoryFiles implements ContainerFiles {
  readonly files = new Map<string, Buffer>();
  changed: Change[] = [];
  output = '';
  exitCode: number | undefined;
  /** What every question is answered by, in place of an answer. */
  trouble: FilesError | undefined;
  /** Told of each question, of how many it is. */
  whenAsked: ((times: number) => void) | undefined;
  #asked = 0;
  /** Names of what was put in, in order. */
  readonly put: string[] = [];
  #mark: () => void = () => undefined;
  /** Resolved once the marker was put in. */
  readonly marked = new Promise<void>((resolve) => {
    this.#mark = resolve;
  });

  fail(code: string, message: string): void {
    this.trouble = new FilesError(code, message);
  }

  async state(): Promise<Awaited<ReturnType<ContainerFiles['state']>>> {
    this.#check();
    const ended = this.exitCode !== undefined;
    const [Status, Pid] = ended ? ['exited', 0] : ['running', 4711];
    const times = { StartedAt: '2030-01-02T03:04:05Z', FinishedAt: ended ? '2030-01-02T03:04:06Z' : '0001-01-01T00:00:00Z' };
    const flags = { Running: !ended, Paused: false, Restarting: false, OOMKilled: false, Dead: false };
    return { Status, Pid, ExitCode: this.exitCode ?? 0, Error: '', ...flags, ...times } as Awaited<ReturnType<ContainerFiles['state']>>;
  }

  async changes(): Promise<Change[]> {
    this.#check();
    return this.changed;
  }

  async readFile(_id: string, path: string, { range }: { range?: { start: number; end?: number } } = {}) {
    this.#check();
    const content = this.files.get(path);
    if (content === undefined) throw new FilesError('PathNotFound', `There is no file ${path}.`);
    const part = range ? content.subarray(range.start, (range.end ?? content.length - 1) + 1) : content;
    return { info: { path, size: content.length, mtime: '2030-01-02T03:04:05Z' }, body: Readable.from([part]) };
  }

  async readArchive(): Promise<Readable> {
    this.#check();
    const target = pack();
    for (const [name, content] of this.files) target.entry({ name: name.slice(1) }, content);
    target.finalize();
    return Readable.from(target as unknown as AsyncIterable<Buffer>, { objectMode: false });
  }

  async writeArchive(_id: string, path: string, { body, size, sha256 }: WholeTar): Promise<void> {
    this.#check();
    const tar = await buffer(body);
    if (tar.length !== size || createHash('sha256').update(tar).digest('hex') !== sha256) throw new Error('not what was announced');
    const unpack = extract();
    unpack.end(tar);
    for await (const entry of unpack) {
      this.put.push(join(path, entry.header.name));
      this.files.set(join(path, entry.header.name), await buffer(entry as unknown as AsyncIterable<Buffer>));
    }
    if (this.put.at(-1) === '/.mooring/go') this.#mark();
  }

  async logs(): Promise<Readable> {
    this.#check();
    return Readable.from([Buffer.from(this.output)]);
  }

  #check(): void {
    this.#asked += 1;
    this.whenAsked?.(this.#asked);
    if (this.trouble) throw this.trouble;
  }
}

/** A program's request: its token is in Authorization. */
export const by = (user: string, options: InjectOptions): InjectOptions => ({
  method: 'GET',
  ...options,
  headers: { authorization: `Bearer token-${user}`, ...options.headers },
});

export interface ContainersFront extends TestFront {
  files: MemoryFiles;
  password: string;
  /** Creates a container of somebody's and lets it run at this address. */
  running(user: string, body?: object, ip?: string): Promise<string>;
  dispose(): Promise<void>;
}

/** A front with the container API, whose hosts are in memory. */
export async function containersFront(
  options: Omit<TestFrontOptions, 'containers'> & { containers?: Partial<ContainersOptions> } = {},
): Promise<ContainersFront> {
  const folder = mkdtempSync(join(tmpdir(), 'mooring-jobs-'));
  const files = new MemoryFiles();
  const containers: ContainersOptions = {
    files,
    watchUsage: async function* () {
      yield { at: '2030-01-02T03:04:05Z', cpuNanoseconds: 5, memoryBytes: 6, block: { readBytes: 7, writtenBytes: 8 } };
    },
    folder,
    key: Buffer.alloc(32, 3),
    checkPassword: async (password) => password === PASSWORD,
    limits: { scriptBytes: 1024, dataBytes: 10_000, dataFiles: 10, fetchMs: 1_000 },
    fetchFrom: [],
    capDrop: ['MKNOD'],
    ...options.containers,
  };
  const front = await testFront({ ...options, containers });
  const running = async (user: string, body: object = {}, ip = '127.0.0.1'): Promise<string> => {
    const payload = { image_name: 'mooring/demo', script: Buffer.from('#!/bin/sh\n').toString('base64'), ...body };
    const made = await front.app.inject(by(user, { method: 'POST', url: '/v1/container/', payload }));
    if (made.statusCode !== 201) throw new Error(made.body);
    const { id } = made.json() as { id: string };
    front.store.change(`container-${id}`, ({ status }) => {
      status.phase = 'Ready';
      status.service = { id: '1s1', name: `container-${id}`, state: 'active' };
      status.container = { id: '1i1', name: 'r-1', state: 'running' };
      status.address = { ip, port: 8888 };
    });
    return id;
  };
  const dispose = async () => {
    await front.app.close();
    rmSync(folder, { recursive: true, force: true });
  };
  return { ...front, files, password: PASSWORD, running, dispose };
}
