import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { copyFile, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { gzipSync } from 'node:zlib';

const REPOSITORY = 'mooring/slow';
const TAG = '1';
const SCHEMA_2 = 'application/vnd.docker.distribution.manifest.v2+json';

interface Blob {
  type: string;
  data: Buffer;
}

const digestOf = (data: Buffer | string): string => `sha256:${createHash('sha256').update(data).digest('hex')}`;
const descriptor = (mediaType: string, data: Buffer) => ({ mediaType, size: data.length, digest: digestOf(data) });

/**
 * A registry (its HTTP API, version 2) on 127.0.0.1, which Docker takes without TLS, with one image: a static busybox that serves a page at one path,
 * on port 8888. Half of its layer is given at once, the rest when it may go on.
 */
export class SlowRegistry {
  readonly #blobs = new Map<string, Blob>();
  readonly #server: Server;
  #goesOn = (): void => undefined;
  readonly #may = new Promise<void>((resolve) => {
    this.#goesOn = resolve;
  });

  private constructor(layer: Buffer) {
    this.#fill(layer);
    this.#server = createServer((request, response) => void this.#answer(request, response));
  }

  static async open(page: { path: string; text: string }): Promise<SlowRegistry> {
    const registry = new SlowRegistry(await layerWith(page));
    registry.#server.listen(0, '127.0.0.1');
    await once(registry.#server, 'listening');
    return registry;
  }

  get image(): string {
    return `127.0.0.1:${(this.#server.address() as AddressInfo).port}/${REPOSITORY}:${TAG}`;
  }

  goOn(): void {
    this.#goesOn();
  }

  async close(): Promise<void> {
    this.goOn();
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  /** The layer, the image's configuration, and the manifest that names both. */
  #fill(tar: Buffer): void {
    // What is to be seen under way is as large as it is.
    const layer = gzipSync(tar, { level: 0 });
    // The first process of a container is told to end in vain where it doesn't listen for that.
    const Cmd = ['/bin/busybox', 'sh', '-c', "trap 'exit 0' TERM; /bin/busybox httpd -f -p 8888 -h /www & wait"];
    const rootfs = { type: 'layers', diff_ids: [digestOf(tar)] };
    const architecture = process.arch === 'x64' ? 'amd64' : process.arch;
    const config = Buffer.from(JSON.stringify({ architecture, os: 'linux', config: { Cmd }, rootfs }));
    const types = {
      config: 'application/vnd.docker.container.image.v1+json',
      layer: 'application/vnd.docker.image.rootfs.diff.tar.gzip',
    };
    const layers = [descriptor(types.layer, layer)];
    const manifest = { schemaVersion: 2, mediaType: SCHEMA_2, config: descriptor(types.config, config), layers };
    const data = Buffer.from(JSON.stringify(manifest));
    for (const [type, blob] of [
      [types.layer, layer],
      [types.config, config],
      [SCHEMA_2, data],
    ] as const)
      this.#blobs.set(digestOf(blob), { type, data: blob });
    this.#blobs.set(TAG, { type: SCHEMA_2, data });
  }

  async #answer({ url = '/', method }: IncomingMessage, response: ServerResponse): Promise<void> {
    if (url === '/v2/') return void response.end('{}');
    const [, wanted = ''] = new RegExp(`^/v2/${REPOSITORY}/(?:manifests|blobs)/([^/]+)$`).exec(url) ?? [];
    const blob = this.#blobs.get(wanted);
    if (blob === undefined) return void response.writeHead(404).end('{"errors":[{"code":"NAME_UNKNOWN"}]}');
    const { type, data } = blob;
    const digest = digestOf(data);
    response.writeHead(200, { 'content-type': type, 'content-length': data.length, 'docker-content-digest': digest });
    if (method === 'HEAD') return void response.end();
    if (!type.endsWith('tar.gzip')) return void response.end(data);
    const half = Math.floor(data.length / 2);
    response.write(data.subarray(0, half));
    await this.#may;
    response.end(data.subarray(half));
  }
}

async function layerWith({ path, text }: { path: string; text: string }): Promise<Buffer> {
  const root = await mkdtemp(join(tmpdir(), 'layer-'));
  try {
    const page = join(root, 'www', path, 'index.html');
    await Promise.all([dirname(page), join(root, 'bin')].map((folder) => mkdir(folder, { recursive: true })));
    await Promise.all([copyFile('/bin/busybox', join(root, 'bin/busybox')), writeFile(page, text)]);
    return execFileSync('tar', ['c', '-C', root, '.'], { maxBuffer: 64 * 1024 * 1024 });
  } finally {
    await rm(root, { recursive: true, force: true });
  }
}
