import { mkdtemp, rm } from 'node:fs/promises';
import { type Agent, request } from 'node:http';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ROOT, type RunningCommand, runCommand } from './command.js';
import { haproxyPath } from './haproxy.js';
import { MetadataServer } from './metadata.js';

export interface Asked {
  status: number;
  text: string;
  headers: Readonly<Record<string, string | string[] | undefined>>;
}

/** One request over HTTP to a host, wherever it is. */
export function askHost(port: number, host: string, agent?: Agent, path = '/'): Promise<Asked> {
  return new Promise((resolve, reject) => {
    const sent = request(
      { host: '127.0.0.1', port, path, headers: { host }, ...(agent ? { agent } : { agent: false }), timeout: 5_000 },
      (answer) => {
        let text = '';
        answer.setEncoding('utf8').on('data', (chunk: string) => {
          text += chunk;
        });
        answer.once('end', () => resolve({ status: answer.statusCode ?? 0, text, headers: answer.headers }));
        answer.once('error', reject);
      },
    );
    sent.once('timeout', () => sent.destroy(new Error(`no answer for ${host} within 5 s`)));
    sent.once('error', reject);
    sent.end();
  });
}

/** `mooring domains --haproxy` with the real HAProxy, and the metadata that it follows. */
export class DomainsPlace {
  command: RunningCommand | undefined;

  private constructor(
    readonly metadata: MetadataServer,
    readonly folder: string,
    private readonly env: Readonly<Record<string, string>>,
  ) {}

  static async open(env: Readonly<Record<string, string>>): Promise<DomainsPlace> {
    const metadata = new MetadataServer();
    await metadata.open();
    return new DomainsPlace(metadata, await mkdtemp(join(tmpdir(), 'mooring-domains-')), env);
  }

  /** The command line, with more behind it. */
  start(...args: readonly string[]): RunningCommand {
    const main = join(ROOT, 'packages/mooring/dist/main.js');
    const given = ['--metadata', this.metadata.url, '--domain', 'dev.test', '--out', this.folder];
    const env = { PATH: process.env.PATH, HAPROXY_BIN: haproxyPath() ?? 'haproxy', ...this.env };
    this.command = runCommand(process.execPath, [main, 'domains', ...given, ...args], env);
    return this.command;
  }

  /** The pid of HAProxy's master; undefined while none answers. */
  master(): Promise<number | undefined> {
    return new Promise((resolve) => {
      let answer = '';
      const socket = connect(join(this.folder, 'mooring-haproxy/master.sock'));
      socket.setEncoding('utf8').on('data', (text: string) => {
        answer += text;
      });
      socket.once('error', () => resolve(undefined));
      socket.once('close', () => resolve(Number(/^(\d+)\s+master/m.exec(answer)?.[1]) || undefined));
      socket.end('show proc\n');
    });
  }

  async close(): Promise<void> {
    await this.command?.end('SIGTERM');
    await this.metadata.close();
    await rm(this.folder, { recursive: true, force: true });
  }
}
