import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { HaproxyOptions } from '../../src/haproxy/haproxy.js';

const SOCKETS = ['worker.sock', 'master.sock'];

/** What HAProxy in master-worker mode is for whoever talks to its sockets. Its folder has the files, and a program that checks them. */
export class FakeHaproxy {
  /** What it was told while it ran. */
  told: string[] = [];
  /** The backends that it was started with, each time. */
  readonly starts: string[] = [];
  /** Commands that it does not take. */
  refuses = /^$/;
  #worker = 100;
  #servers: Server[] = [];
  #beforeAgain: () => Promise<void> = async () => undefined;

  private constructor(readonly folder: string) {}

  static async open(): Promise<FakeHaproxy> {
    const fake = new FakeHaproxy(await mkdtemp(join(tmpdir(), 'fake-haproxy-')));
    await fake.check(true);
    return fake;
  }

  get paths(): HaproxyOptions['paths'] {
    return { template: this.at('haproxy.cfg'), backends: this.at('backends.cfg'), map: this.at('domain.map'), folder: this.folder };
  }

  get program(): string {
    return this.at('check');
  }

  /** Whether it takes the files from now on; what it does besides, as a line of a shell. */
  async check(isGood: boolean, meanwhile = ':'): Promise<void> {
    await writeFile(this.program, `#!/bin/sh\n${meanwhile}\n${isGood ? 'exit 0' : 'echo "[ALERT] no such word" >&2; exit 1'}\n`);
    await chmod(this.program, 0o755);
  }

  backends(): Promise<string> {
    return readFile(this.paths.backends, 'utf8');
  }

  launch: HaproxyOptions['launch'] = (_program, _args, beforeAgain) => {
    this.#beforeAgain = beforeAgain;
    void this.#start();
    return { stop: () => this.#stop(), kill: () => void this.#stop() };
  };

  /** Ends by itself, and is started again. */
  async crash(): Promise<void> {
    await this.#stop();
    await this.#beforeAgain();
    await this.#start();
  }

  /** An earlier run was ended, and left its sockets. */
  endUnasked(): Promise<void> {
    return this.#stop();
  }

  /** Others have it read its files. */
  async reload(): Promise<void> {
    this.starts.push(await this.backends());
    this.#worker += 1;
  }

  async close(): Promise<void> {
    await this.#stop();
    await rm(this.folder, { recursive: true });
  }

  at(name: string): string {
    return join(this.folder, name);
  }

  async #start(): Promise<void> {
    await this.reload();
    for (const name of SOCKETS) {
      const server = createServer((socket) => {
        socket.setEncoding('utf8').on('data', async (text: string) => {
          socket.end(`${await this.#answer(text.trim())}\n`);
        });
      });
      await rm(this.at(name), { force: true });
      await new Promise<void>((resolve) => server.listen(this.at(name), resolve));
      this.#servers.push(server);
    }
  }

  async #stop(): Promise<void> {
    await Promise.all(this.#servers.map((server) => new Promise((resolve) => server.close(resolve))));
    this.#servers = [];
    // As the real one, it leaves something there that nobody listens on.
    for (const name of SOCKETS) await writeFile(this.at(name), '');
  }

  async #answer(command: string): Promise<string> {
    if (command === 'show proc') return `1 master 0 [failed: 0]\n${this.#worker} worker 0 0d`;
    if (command === 'show info') return `Pid: ${this.#worker}`;
    if (command === 'reload') {
      await this.reload();
      return '';
    }
    this.told.push(command);
    if (this.refuses.test(command)) return 'No such server.';
    if (command.startsWith('add server')) return 'New server registered.';
    return command.startsWith('del server') ? 'Server deleted.' : '';
  }
}
