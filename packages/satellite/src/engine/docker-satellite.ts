import { pipeline, type Readable } from 'node:stream';
import { type Pack, pack } from 'tar-stream';
import { asNode, flow } from '../archive/flow.js';
import { type OneFile, oneFile } from '../archive/one-file.js';
import { containerPath, isBelow } from '../archive/paths.js';
import { repack } from '../archive/repack.js';
import { slice, withinSize } from '../archive/slice.js';
import { SatelliteError } from '../errors.js';
import type { ByteRange, Change, ContainerState, FileInfo, FileRead, Satellite, Usage } from '../satellite.js';
import { Baselines } from './baselines.js';
import { changesFrom, changesSincePut, type Now, pathsPut } from './changes.js';
import { Engine } from './engine.js';
import { lookAtEach } from './look-at-each.js';
import { unframe } from './output.js';
import { usageFrom } from './usage.js';

/** Each changed file is asked for by itself. */
const MAX_CHANGES = 10_000;
const NEVER = new AbortController().signal;

export interface DockerSatelliteOptions {
  /** `unix:///var/run/docker.sock` or `tcp://host:port` */
  url: string;
  /** Where it is kept what was put into containers. */
  dataDir: string;
}

/** What a host's containers hold, by its Docker Engine. */
export class DockerSatellite implements Satellite {
  readonly #engine: Engine;
  readonly #baselines: Baselines;

  constructor({ url, dataDir }: DockerSatelliteOptions) {
    this.#engine = new Engine(url);
    this.#baselines = new Baselines(dataDir);
  }

  /** Whether the Engine answers. */
  isReady(): Promise<boolean> {
    return this.#engine.ping();
  }

  async state(uuid: string): Promise<ContainerState> {
    return (await this.#engine.inspect(await this.#engine.find(uuid))).State;
  }

  async changes(uuid: string, signal: AbortSignal = NEVER): Promise<Change[]> {
    return this.#changes(await this.#engine.find(uuid), signal);
  }

  async usage(uuid: string): Promise<Usage | null> {
    return usageFrom(await this.#engine.stats(await this.#engine.find(uuid)));
  }

  async stat(uuid: string, path: string): Promise<FileInfo> {
    const plain = containerPath(path);
    return this.#stat(await this.#engine.find(uuid), plain);
  }

  async readFile(
    uuid: string,
    path: string,
    { range, signal = NEVER }: { range?: ByteRange; signal?: AbortSignal } = {},
  ): Promise<FileRead> {
    const plain = containerPath(path);
    const id = await this.#engine.find(uuid);
    const info = await this.#stat(id, plain);
    if (info.type !== 'file') throw notAFile(plain, info.type);
    const file = await this.#open(id, plain, signal);
    if (file === undefined) throw notAFile(plain, 'link, folder or pipe by now');
    const { header, body } = file;
    const size = header.size ?? 0;
    const whole = { info: { ...info, size }, body };
    if (!range) return whole;
    try {
      const part = withinSize(range, size);
      return { ...whole, body: slice(body, part), range: part };
    } catch (error) {
      body.destroy();
      throw error;
    }
  }

  async readArchive(
    uuid: string,
    path: string,
    { only, signal = NEVER }: { only?: 'changed'; signal?: AbortSignal } = {},
  ): Promise<Readable> {
    const plain = containerPath(path);
    const id = await this.#engine.find(uuid);
    return only === undefined ? this.#engine.readArchive(id, plain, signal) : this.#changedBelow(id, plain, signal);
  }

  async writeArchive(
    uuid: string,
    path: string,
    { body, sha256 }: { body: Readable; sha256: string },
    signal: AbortSignal = NEVER,
  ): Promise<void> {
    const folder = containerPath(path);
    const id = await this.#engine.find(uuid);
    const { tar, baseline } = repack({ body, folder, sha256 });
    try {
      await this.#engine.writeArchive(id, tar, breaksOff(tar, signal));
    } catch (error) {
      await baseline;
      throw error;
    }
    await this.#baselines.add(id, await baseline);
  }

  /** Forgets what was put into containers that are no more. @throws SatelliteError where the Engine doesn't tell which there are */
  forget(): Promise<void> {
    return this.#baselines.keepOnly(() => this.#engine.allIds());
  }

  async logs(
    uuid: string,
    { follow = false, tail, signal = NEVER }: { follow?: boolean; tail?: number; signal?: AbortSignal } = {},
  ): Promise<Readable> {
    const id = await this.#engine.find(uuid);
    const { Config } = await this.#engine.inspect(id);
    const output = await this.#engine.logs(id, { follow, tail }, signal);
    if (Config.Tty) return output;
    const bytes = unframe();
    pipeline(output, bytes, () => undefined);
    return bytes;
  }

  async #changes(id: string, signal: AbortSignal): Promise<Change[]> {
    const changes = changesFrom(await this.#engine.changes(id));
    const baseline = await this.#baselines.of(id);
    return changesSincePut(changes, baseline, await lookAtEach(pathsPut(baseline), (path) => this.#now(id, path), signal));
  }

  async #now(id: string, path: string): Promise<Now> {
    try {
      const { size, mtime, type } = await this.#stat(id, path);
      return { size, mtime: Math.floor(Date.parse(mtime) / 1000), isFolder: type === 'folder' };
    } catch (error) {
      if ((error as SatelliteError).code === 'PathNotFound') return undefined;
      throw error;
    }
  }

  async #changedBelow(id: string, folder: string, signal: AbortSignal): Promise<Readable> {
    const changes = (await this.#changes(id, signal)).filter(({ path, kind }) => kind !== 'deleted' && isBelow(path, folder));
    if (changes.length > MAX_CHANGES)
      throw new SatelliteError(
        'TooManyChanges',
        `${changes.length} files have changed, and no more than ${MAX_CHANGES} are put into an archive`,
      );
    const packed = pack();
    this.#packAll(id, changes, packed, signal).then(
      () => packed.finalize(),
      (error: Error) => packed.destroy(error),
    );
    return asNode(packed);
  }

  async #packAll(id: string, changes: readonly Change[], packed: Pack, signal: AbortSignal): Promise<void> {
    for (const { path } of changes) {
      signal.throwIfAborted();
      if (packed.destroyed) return;
      await this.#packOne(id, path, packed, signal);
    }
  }

  #stat(id: string, path: string): Promise<FileInfo> {
    return onceItStands(() => this.#engine.stat(id, path));
  }

  #open(id: string, path: string, signal: AbortSignal): Promise<OneFile | undefined> {
    return onceItStands(async () => {
      const tar = await this.#engine.readArchive(id, path, signal);
      return oneFile(tar).catch((cause) => {
        throw new SatelliteError('Failed', `path: ${JSON.stringify(path)} changes all the time while it is read`, { cause });
      });
    });
  }

  /** Of a folder only itself: what is in it is told by itself. What is gone since, or is no file, is left out. */
  async #packOne(id: string, path: string, packed: Pack, signal: AbortSignal): Promise<void> {
    const info = await this.#stat(id, path).catch((error: SatelliteError) => {
      if (error.code !== 'PathNotFound') throw error;
    });
    if (info === undefined) return;
    const header = { name: path.slice(1), mode: info.mode, mtime: new Date(info.mtime) };
    if (info.type === 'folder') packed.entry({ ...header, type: 'directory' });
    if (info.type === 'link') packed.entry({ ...header, type: 'symlink', linkname: info.target ?? '' });
    const file = info.type === 'file' ? await this.#open(id, path, signal) : undefined;
    if (file) await flow(file.body, packed.entry({ ...file.header, name: path.slice(1) }));
  }
}

const notAFile = (path: string, type: string): SatelliteError =>
  new SatelliteError('NotAFile', `path: ${JSON.stringify(path)} is a ${type}, not a file`);

/** How often a path is looked at that changes meanwhile: at one that changes each millisecond, one look of 25 is in vain. */
const LOOKS = 5;

/**
 * What becomes a link, or is replaced, while the Engine goes along it is a server error of its ("readlink …: invalid argument", Engine 20.10), or
 * a tar without the file's content. Asked again, it is one thing or the other.
 */
async function onceItStands<T>(look: () => Promise<T>): Promise<T> {
  for (let looks = 1; ; looks += 1) {
    try {
      return await look();
    } catch (error) {
      if ((error as SatelliteError).code !== 'Failed' || looks === LOOKS) throw error;
    }
  }
}

/** Aborts where the archive breaks off: a request that ends in the middle must not pass for a whole one. */
function breaksOff(tar: Readable, signal: AbortSignal): AbortSignal {
  const callOff = new AbortController();
  tar.once('error', () => callOff.abort());
  return AbortSignal.any([signal, callOff.signal]);
}
