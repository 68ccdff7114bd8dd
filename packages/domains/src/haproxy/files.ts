import { mkdir, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { type Draft, draft, MODES, readIfThere, replace } from '../files/replace.js';
import { checkConfiguration } from './check.js';
import { HaproxyError } from './errors.js';
import type { Sockets } from './master.js';
import { runtimeConfig } from './template.js';

export interface HaproxyPaths {
  /** The site's own haproxy.cfg, with or without rancher-haproxy's placeholders; what stands here goes before where there is none. */
  template: string;
  backends: string;
  map: string;
  /** For what nobody else reads. */
  folder: string;
}

export interface Contents {
  config: string;
  backends: string;
  map: string;
}

/** Of a socket's path, less what HAProxy appends while it binds one. */
const LONGEST_SOCKET_PATH = 90;

/** The files that HAProxy reads, and the one way to change them: checked together before any takes its place. */
export class HaproxyFiles {
  readonly #config: string;
  readonly #runtime: string;
  readonly sockets: Sockets;

  constructor(
    private readonly program: string,
    private readonly paths: HaproxyPaths,
  ) {
    this.#config = join(paths.folder, 'haproxy.run.cfg');
    this.#runtime = join(paths.folder, 'runtime.cfg');
    this.sockets = { master: join(paths.folder, 'master.sock'), worker: join(paths.folder, 'worker.sock') };
  }

  /** What HAProxy is given on its command line. */
  get files(): string[] {
    return [this.#config, this.#runtime, this.paths.backends];
  }

  /** @throws HaproxyError where the folder can't be used. */
  async prepare(): Promise<void> {
    if (this.sockets.master.length > LONGEST_SOCKET_PATH || /[\s;,]/.test(this.sockets.master + this.paths.map))
      throw new HaproxyError(
        `${this.paths.folder} must be a path without blanks, shorter than ${LONGEST_SOCKET_PATH - 12} characters: sockets stand there.`,
      );
    await mkdir(dirname(this.paths.backends), { recursive: true });
    await mkdir(dirname(this.paths.map), { recursive: true });
    await replace(this.#runtime, runtimeConfig(this.sockets.worker), MODES.secret);
  }

  /** What an earlier run left. */
  async there(): Promise<Pick<Contents, 'backends' | 'map'>> {
    return { backends: (await readIfThere(this.paths.backends)) ?? '', map: (await readIfThere(this.paths.map)) ?? '' };
  }

  /**
   * Puts a configuration in place over the routes that are there, which another program may be writing meanwhile. Answers whether it was
   * another one.
   *
   * @throws CheckFailedError where HAProxy would not take them together: all stays as it was then.
   */
  async putConfig(config: string): Promise<boolean> {
    await this.#makeRoutes();
    if ((await readIfThere(this.#config)) === config) return false;
    const one = await draft(this.#config, config, MODES.secret);
    try {
      await checkConfiguration(this.program, [one.path, this.#runtime, this.paths.backends]);
      await one.commit();
    } catch (error) {
      await one.discard();
      throw error;
    }
    return true;
  }

  /**
   * Puts contents in place. Answers which of them were others.
   *
   * @throws CheckFailedError where HAProxy would not take them: all stays as it was then.
   */
  async put({ config, backends, map }: Contents): Promise<{ config: boolean; routes: boolean }> {
    const there = { config: await readIfThere(this.#config), ...(await this.#routes()) };
    const drafts: { config?: Draft; backends?: Draft; map?: Draft } = {};
    try {
      if (there.config !== config) drafts.config = await draft(this.#config, config, MODES.secret);
      if (there.backends !== backends) drafts.backends = await draft(this.paths.backends, backends, MODES.shared);
      // The configuration names the map, so there must be one to check against.
      if (there.map === undefined) await replace(this.paths.map, '', MODES.shared);
      if (there.map !== map) drafts.map = await draft(this.paths.map, map, MODES.shared);
      if (drafts.config || drafts.backends)
        await checkConfiguration(this.program, [
          drafts.config?.path ?? this.#config,
          this.#runtime,
          drafts.backends?.path ?? this.paths.backends,
        ]);
      // All are on the disk by now, so that they take their places right after each other.
      await drafts.backends?.commit();
      await drafts.map?.commit();
      await drafts.config?.commit();
    } catch (error) {
      await Promise.all(Object.values(drafts).map((one) => one.discard()));
      throw error;
    }
    return { config: drafts.config !== undefined, routes: there.backends !== backends || there.map !== map };
  }

  /** @throws CheckFailedError where HAProxy would not take what is in place. */
  check(): Promise<void> {
    return checkConfiguration(this.program, this.files);
  }

  /** HAProxy leaves them behind, and the next start would wait for one that may be about to answer. */
  async removeSockets(): Promise<void> {
    await Promise.all(Object.values(this.sockets).map((path) => rm(path, { force: true })));
  }

  /** Empty routes where there are none: HAProxy is given their names. */
  async #makeRoutes(): Promise<void> {
    for (const path of [this.paths.backends, this.paths.map])
      await writeFile(path, '', { flag: 'wx', mode: MODES.shared }).catch((error: NodeJS.ErrnoException) => {
        if (error.code !== 'EEXIST') throw error;
      });
  }

  async #routes(): Promise<{ backends: string | undefined; map: string | undefined }> {
    return { backends: await readIfThere(this.paths.backends), map: await readIfThere(this.paths.map) };
  }
}
