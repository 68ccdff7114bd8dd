import type { ContainerFiles } from '@mooring/http-front';
import type { ProcessFiles } from '@mooring/local-rancher';
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

/** The files of local processes, by Rancher's ids. */
export function localFiles(files: ProcessFiles, containers: Pick<ProjectClient['containers'], 'get'>): ContainerFiles {
  const uuidOf = uuids(containers);
  return {
    state: async (id) => files.state(await uuidOf(id)),
    changes: async (id) => files.changes(await uuidOf(id)),
    readFile: async (id, path, options) => files.readFile(await uuidOf(id), path, options),
    readArchive: async (id) => files.readArchive(await uuidOf(id)),
    writeArchive: async (id, path, tar) => files.writeArchive(await uuidOf(id), path, tar),
    logs: async (id, options) => files.logs(await uuidOf(id), options),
  };
}
