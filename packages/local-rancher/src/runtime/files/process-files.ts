import { lstat } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { type ContainerFolders, containerFolders } from '../folders.js';
import { isStarting, readLife } from '../life.js';
import type { ProcessRuntime } from '../process-runtime.js';
import { type Baseline, type Change, changesOf, OWN_FOLDER, readBaseline, signatureOf, writeBaseline } from './baseline.js';
import { FilesError } from './errors.js';
import { openInside } from './inside.js';
import { logBytes } from './log.js';
import { type ContainerState, stateOf } from './state.js';
import { tarOf, unpack } from './tar.js';

interface FileInfo {
  path: string;
  /** Bytes. */
  size: number;
  mode: number;
  /** RFC 3339. */
  mtime: string;
  type: 'file';
}

/** What is asked of a container's files; a container is named by Rancher's uuid. */
export interface ProcessFiles {
  state(uuid: string): Promise<ContainerState>;
  changes(uuid: string): Promise<Change[]>;
  /** `range`: both ends inclusive, to the end of the file where `end` is missing. */
  readFile(uuid: string, path: string, options?: { range?: { start: number; end?: number } }): Promise<{ info: FileInfo; body: Readable }>;
  /** A tar of the files that were added or changed. */
  readArchive(uuid: string, signal?: AbortSignal): Promise<Readable>;
  /** Unpacks a tar below `path`, which is made where it is missing. What comes so counts as there from the start. */
  writeArchive(uuid: string, path: string, tar: { body: Readable }): Promise<void>;
  /** What it wrote on both outputs; with `follow`, until it has ended. */
  logs(uuid: string, options?: { follow?: boolean; signal?: AbortSignal }): Promise<Readable>;
}

type Processes = Pick<ProcessRuntime, 'isRunning' | 'pidOf'>;

/**
 * The files of containers that are local processes. `/` is the container's scratch folder, which it knows as CONTAINER_ROOT; nothing outside
 * of it is read or written, whatever links lie there.
 */
export function createProcessFiles({ dataDir, runtime }: { dataDir: string; runtime: Processes }): ProcessFiles {
  const open = async (uuid: string): Promise<ContainerFolders> => {
    const folders = containerFolders(dataDir, uuid);
    if (!(await lstat(folders.scratch).catch(() => undefined))) throw new FilesError('NotFound', 'The container has not been started yet.');
    return folders;
  };
  const changes = async (uuid: string): Promise<Change[]> => {
    const { root, scratch } = await open(uuid);
    return changesOf(scratch, await readBaseline(root));
  };
  return {
    state: async (uuid) => stateOf(await readLife((await open(uuid)).root), runtime.pidOf(uuid)),
    changes,
    readFile: async (uuid, path, { range } = {}) => {
      const file = await openInside((await open(uuid)).scratch, path);
      const { size, mode, mtime } = await file.stat();
      const info: FileInfo = { path, size, mode: mode & 0o7777, mtime: mtime.toISOString(), type: 'file' };
      // What is longer by now is told as it was: its length was.
      const { start, end } = { start: range?.start ?? 0, end: Math.min(range?.end ?? size - 1, size - 1) };
      if (end < start) {
        await file.close();
        return { info, body: Readable.from([]) };
      }
      return { info, body: file.createReadStream({ start, end }) };
    },
    readArchive: async (uuid) => {
      const { scratch } = await open(uuid);
      const paths = (await changes(uuid)).flatMap(({ path, kind }) => (kind === 'deleted' ? [] : [path]));
      return tarOf(scratch, paths);
    },
    writeArchive: async (uuid, path, { body }) => {
      const { root, scratch } = await open(uuid);
      const unpacked = await unpack(body, scratch, path);
      const put: Baseline = {};
      const told = unpacked.filter(({ path: name }) => !name.startsWith(`/${OWN_FOLDER}/`));
      for (const { path: name, real } of told) put[name] = signatureOf(await lstat(real, { bigint: true }));
      await writeBaseline(root, { ...(await readBaseline(root)), ...put });
    },
    logs: async (uuid, { follow = false, signal } = {}) => {
      const { log, root } = await open(uuid);
      const isOpen = async (): Promise<boolean> => runtime.isRunning(uuid) || isStarting(await readLife(root), Date.now());
      return Readable.from(logBytes({ path: log, follow, isOpen, signal }), { objectMode: false });
    },
  };
}
