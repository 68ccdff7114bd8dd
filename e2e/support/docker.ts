import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync, statSync } from 'node:fs';
import { cp, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ROOT } from './command.js';
import { until } from './until.js';

const BUSYBOX = '/bin/busybox';
export const IMAGE = 'mooring/e2e-web:1';

/** Of what nothing is pulled: a static program, and a page where sessions are asked for. */
const DOCKERFILE = `FROM scratch
COPY busybox /bin/busybox
COPY status /www/narrative/api/status
RUN ["/bin/busybox", "--install", "-s", "/bin"]
HEALTHCHECK --interval=1s --timeout=2s CMD ["wget", "-q", "-O", "-", "http://127.0.0.1:8888/narrative/api/status"]
CMD ["sh", "-c", "trap 'exit 0' TERM; echo ready; httpd -f -p 8888 -h /www & wait"]
`;

/** What keeps a Docker Engine of the tests' own from being started on this machine; undefined where nothing does. */
export function dockerMissing(): string | undefined {
  // It shares bridge and packet filter of the machine with every other one.
  if (existsSync('/var/run/docker.pid')) return "a Docker Engine of the tests' own (another one runs)";
  if (process.getuid?.() !== 0) return 'root, which alone can start a Docker Engine,';
  if (!['/usr/sbin/dockerd', '/usr/bin/dockerd', '/usr/local/bin/dockerd'].some(existsSync)) return 'a Docker Engine (dockerd)';
  return existsSync(BUSYBOX) && isStatic() ? undefined : 'a static busybox, of which the image is made,';
}

/** What is linked names its loader. */
const isStatic = (): boolean => !readFileSync(BUSYBOX).includes('/ld-linux');

/** What tests look at of a container, in the Engine's words. */
export interface DockerContainer {
  Id: string;
  Names: string[];
  State: string;
  Labels: Record<string, string>;
}

interface DockerStats {
  blkio_stats: { io_service_bytes_recursive: { op: string; value: number }[] | null };
}

/** A Docker Engine with state of its own, gone with the tests. */
export class TestEngine {
  private constructor(
    private readonly child: ChildProcess,
    private readonly folder: string,
    readonly url: string,
  ) {}

  /** @throws Error with what dockerd says where it doesn't come up */
  static async start(): Promise<TestEngine> {
    const folder = await mkdtemp(join(tmpdir(), 'docker-'));
    const child = spawn(process.execPath, [join(ROOT, 'scripts/dockerd.mjs'), folder], { stdio: ['pipe', 'pipe', 'pipe'] });
    const said = { out: '', err: '' };
    child.stdout.on('data', (data) => {
      said.out += data;
    });
    child.stderr.on('data', (data) => {
      said.err += data;
    });
    await until(() => said.out.endsWith('\n') || child.exitCode !== null, { withinMs: 60_000, what: () => `dockerd; ${said.err}` });
    if (child.exitCode !== null) throw new Error(said.err);
    const engine = new TestEngine(child, folder, said.out.trim());
    await engine.#build();
    return engine;
  }

  async end(): Promise<void> {
    const ended = once(this.child, 'exit');
    // Bridges would outlive the Engine.
    for (const { Id, Labels } of await this.#networks())
      if (Labels['mooring.dev/installation']) await this.ask('DELETE', `/networks/${Id}`);
    this.child.kill('SIGTERM');
    await ended;
    await rm(this.folder, { recursive: true, force: true });
  }

  async containers(): Promise<DockerContainer[]> {
    return JSON.parse(await this.ask('GET', '/containers/json?all=1')) as DockerContainer[];
  }

  /** The one of somebody's session. */
  async containerOf(user: string): Promise<DockerContainer> {
    const found = (await this.containers()).filter(({ Names }) => Names.some((name) => name.includes(`narrative-${user}-`)));
    if (found.length !== 1) throw new Error(`${user} has ${found.length} containers`);
    return found[0] as DockerContainer;
  }

  /**
   * Has the kernel count what is read from and written to the disk that the Engine is on: under cgroups v1, newer ones do so once any group has a limit,
   * here one that is never reached. Undefined where that is on no disk of its own; else what ends it.
   */
  async countDisk(): Promise<(() => Promise<void>) | undefined> {
    const { dev } = statSync(this.folder);
    const uevent = `/sys/dev/block/${dev >> 8}:${dev & 255}/uevent`;
    const disk = existsSync(uevent) && /^DEVNAME=(.+)$/m.exec(readFileSync(uevent, 'utf8'))?.[1];
    if (!disk || !existsSync(`/dev/${disk}`)) return undefined;
    const HostConfig = { BlkioDeviceWriteBps: [{ Path: `/dev/${disk}`, Rate: 100e9 }] };
    const made = await this.ask(
      'POST',
      '/containers/create',
      Buffer.from(JSON.stringify({ Image: IMAGE, HostConfig })),
      'application/json',
    );
    const { Id } = JSON.parse(made) as { Id?: string };
    await this.ask('POST', `/containers/${Id}/start`);
    return async () => void (await this.ask('DELETE', `/containers/${Id}?force=1`));
  }

  /** What the Engine counts of a container; undefined where it counts nothing. */
  async diskBytes(isIt: (name: string) => boolean): Promise<{ readBytes: number; writtenBytes: number } | undefined> {
    const found = (await this.containers()).find(({ Names }) => Names.some(isIt));
    const stats = JSON.parse(await this.ask('GET', `/containers/${found?.Id}/stats?stream=false&one-shot=true`)) as DockerStats;
    const rows = stats.blkio_stats.io_service_bytes_recursive ?? [];
    const of = (wanted: string) => rows.reduce((sum, { op, value }) => (op.toLowerCase() === wanted ? sum + value : sum), 0);
    return rows.length > 0 ? { readBytes: of('read'), writtenBytes: of('write') } : undefined;
  }

  async #networks(): Promise<{ Id: string; Labels: Record<string, string> }[]> {
    return JSON.parse(await this.ask('GET', '/networks')) as { Id: string; Labels: Record<string, string> }[];
  }

  async #build(): Promise<void> {
    const context = join(this.folder, 'context');
    await mkdir(context);
    await Promise.all([
      cp(BUSYBOX, join(context, 'busybox')),
      writeFile(join(context, 'status'), '{}'),
      writeFile(join(context, 'Dockerfile'), DOCKERFILE),
    ]);
    const tar = execFileSync('tar', ['c', '-C', context, '.'], { maxBuffer: 64 * 1024 * 1024 });
    const built = await this.ask('POST', `/build?t=${IMAGE}&networkmode=none`, tar);
    if (!built.includes('Successfully tagged')) throw new Error(`the image can't be built: ${built}`);
  }

  ask(method: string, path: string, body?: Buffer, type = 'application/x-tar'): Promise<string> {
    const socketPath = this.url.slice('unix://'.length);
    const headers = body === undefined ? {} : { 'content-type': type, 'content-length': body.length };
    return new Promise((resolve, reject) => {
      const sent = request({ socketPath, method, path, headers, timeout: 30_000 }, (answer) => {
        let text = '';
        answer.setEncoding('utf8').on('data', (chunk: string) => {
          text += chunk;
        });
        answer.once('end', () => resolve(text));
        answer.once('error', reject);
      });
      sent.once('error', reject).once('timeout', () => sent.destroy(new Error(`${method} ${path}: no answer`)));
      sent.end(body);
    });
  }
}
