/**
 * What stands for an image when a container is a local process. In `entrypoint`, `command`, `env` and `workingDir` these are filled in:
 * `{ip}` (the container's address), `{port}` (its first private port, 8888 where it has none), `{folder}` (its own scratch folder) and
 * `{volume:/path}` (the folder on disk of the volume mounted at /path; a scratch folder where none is mounted there).
 */
export interface ImageSpec {
  /** As Docker's ENTRYPOINT: always the beginning of the command line. */
  entrypoint?: readonly string[];
  /** As Docker's CMD: a container's own command takes its place. */
  command: readonly string[];
  env?: Readonly<Record<string, string>>;
  /** The container's home folder where it is missing. */
  workingDir?: string;
  /** Milliseconds from SIGTERM to SIGKILL where a stop names none; 10,000 where it is missing, as Docker's. */
  stopGraceMs?: number;
}

/** By image reference, with or without a tag. */
export type ImageManifest = Readonly<Record<string, ImageSpec>>;

/** The image's exact reference first, then the one without tag and digest. */
export function findImage(manifest: ImageManifest, reference: string): ImageSpec | undefined {
  const key = [reference, withoutTag(reference)].find((candidate) => Object.hasOwn(manifest, candidate));
  return key === undefined ? undefined : manifest[key];
}

/** A colon before the last slash belongs to a registry's port. */
function withoutTag(reference: string): string {
  const undigested = reference.replace(/@.*$/, '');
  const lastSlash = undigested.lastIndexOf('/');
  return undigested.slice(0, lastSlash + 1) + undigested.slice(lastSlash + 1).replace(/:.*$/, '');
}
