import type { Readable } from 'node:stream';

export interface Change {
  /** Absolute, in the container. */
  path: string;
  kind: 'added' | 'changed' | 'deleted';
}

/** Docker's words for a container's state; times are RFC 3339. */
interface DockerState {
  Status: string;
  Running: boolean;
  Paused: boolean;
  Restarting: boolean;
  OOMKilled: boolean;
  Dead: boolean;
  Pid: number;
  ExitCode: number;
  Error: string;
  StartedAt: string;
  FinishedAt: string;
}

interface FileInfo {
  path: string;
  /** Bytes. */
  size: number;
  /** RFC 3339. */
  mtime: string;
}

/** A tar that is known whole, so that whoever takes it can check it. */
export interface WholeTar {
  body: Readable;
  /** Bytes. */
  size: number;
  /** Hexadecimal. */
  sha256: string;
}

/**
 * What only a container's host can tell and do; a container is named by Rancher's id. Everything streams. What is thrown and has a `code` out of
 * FILES_CODES is told to whoever asked, by its message.
 */
export interface ContainerFiles {
  state(id: string, signal?: AbortSignal): Promise<DockerState>;
  /** What its work has made of its files, sorted by path: what was put in before is there from the start. */
  changes(id: string, signal?: AbortSignal): Promise<Change[]>;
  /** A regular file; `range` has both ends, or goes to the end. */
  readFile(
    id: string,
    path: string,
    options?: { range?: { start: number; end?: number }; signal?: AbortSignal },
  ): Promise<{ info: FileInfo; body: Readable }>;
  /** A tar of the files that were added or changed. */
  readArchive(id: string, signal?: AbortSignal): Promise<Readable>;
  /** Unpacks below a folder, which is made where it is missing. */
  writeArchive(id: string, path: string, tar: WholeTar, signal?: AbortSignal): Promise<void>;
  /** Both outputs as they were written; with `follow`, until the container has ended. */
  logs(id: string, options?: { follow?: boolean; signal?: AbortSignal }): Promise<Readable>;
}

const FILES_CODES = [
  'NotFound',
  'PathNotFound',
  'NotAFile',
  'PathRefused',
  'RangeNotSatisfiable',
  'TooManyChanges',
  'BadArchive',
  'Unavailable',
] as const;
export type FilesCode = (typeof FILES_CODES)[number];

/** By its form: whoever fulfils the interface has errors of its own. */
export function filesCode(error: unknown): FilesCode | undefined {
  const code = (error as { code?: unknown } | undefined)?.code;
  return FILES_CODES.find((known) => known === code);
}
