import type { Readable } from 'node:stream';

/** What differs from the image: an absolute path in the container. */
export interface Change {
  path: string;
  kind: 'added' | 'changed' | 'deleted';
}

/** In Docker's words. Times are RFC 3339, `0001-01-01T00:00:00Z` where there was none yet. */
export interface ContainerState {
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

export interface FileInfo {
  path: string;
  /** Bytes. */
  size: number;
  /** Permissions. */
  mode: number;
  /** RFC 3339. */
  mtime: string;
  type: 'file' | 'folder' | 'link' | 'other';
  /** Of a link. */
  target?: string;
}

/** As in HTTP: both ends belong to it. */
export interface ByteRange {
  start: number;
  end?: number;
}

export interface FileRead {
  info: FileInfo;
  body: Readable;
  range?: { start: number; end: number; size: number };
}

/** What a container uses now; bytes and nanoseconds since its start, but for memory. */
export interface Usage {
  timestamp: string;
  cpuNanoseconds: number;
  memoryBytes: number;
  memoryLimitBytes: number | null;
  network: { receivedBytes: number; sentBytes: number } | null;
  block: { readBytes: number; writtenBytes: number } | null;
}

interface Call {
  signal?: AbortSignal;
}

/** What is asked of a container's host. Containers are named by Rancher's uuid. Everything throws SatelliteError. */
export interface Satellite {
  state(uuid: string, signal?: AbortSignal): Promise<ContainerState>;
  /** By path. What was put in by writeArchive counts from when it was changed there. */
  changes(uuid: string, signal?: AbortSignal): Promise<Change[]>;
  /** Null where it doesn't run. */
  usage(uuid: string, signal?: AbortSignal): Promise<Usage | null>;
  stat(uuid: string, path: string, signal?: AbortSignal): Promise<FileInfo>;
  /** Of files only; a link is none. */
  readFile(uuid: string, path: string, options?: Call & { range?: ByteRange }): Promise<FileRead>;
  /** A tar. `changed`: what `changes` tells as added or changed below the path, with names from the root on. */
  readArchive(uuid: string, path: string, options?: Call & { only?: 'changed' }): Promise<Readable>;
  /** Unpacks a tar below a folder, which is made where it isn't there. `sha256` is the body's, in hex. */
  writeArchive(uuid: string, path: string, tar: { body: Readable; sha256: string; size: number }, signal?: AbortSignal): Promise<void>;
  /** Bytes of stdout and stderr as they were written; followed until the container ends. */
  logs(uuid: string, options?: Call & { follow?: boolean; tail?: number }): Promise<Readable>;
}
