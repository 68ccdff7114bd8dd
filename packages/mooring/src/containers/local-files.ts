import type { ContainerFiles } from '@mooring/http-front';
import type { ProjectClient } from '@mooring/rancher-client';

const KNOWN = 10_000;

class UnknownContainerError extends Error {
  override readonly name = 'UnknownContainerError';
  readonly code = 'NotFound';
}

/** Containers' uuids by Rancher's ids, which never change. */
function uuids(containers: Pick<ProjectClient['containers'], 'get'>) {
  const known = new Map<string, string>();
  return async (id: string): Promise<string> => {
    const before = known.get(id);
    if (before !== undefined) return before;
    const uuid = (await containers.get(id))?.uuid;
    if (!uuid) throw new UnknownContainerError(`Rancher has no container ${id}.`);
    if (known.size >= KNOWN) known.clear();
    known.set(id, uuid);
    return uuid;
  };
}

/** The files of containers that are known by their uuids, by Rancher's ids. */
export function localFiles(files: ContainerFiles, containers: Pick<ProjectClient['containers'], 'get'>): ContainerFiles {
  const uuidOf = uuids(containers);
  return {
    state: async (id, signal) => files.state(await uuidOf(id), signal),
    changes: async (id, signal) => files.changes(await uuidOf(id), signal),
    readFile: async (id, path, options) => files.readFile(await uuidOf(id), path, options),
    readArchive: async (id, signal) => files.readArchive(await uuidOf(id), signal),
    writeArchive: async (id, path, tar, signal) => files.writeArchive(await uuidOf(id), path, tar, signal),
    logs: async (id, options) => files.logs(await uuidOf(id), options),
  };
}
