export interface ContainerSpec {
  /** Rancher's uuid of the container: the runtime's key. */
  uuid: string;
  name: string;
  /** Without `docker:`. */
  image: string;
  /** Takes the place of the image's own, whose command then counts no more either, as with Docker. */
  entrypoint?: readonly string[];
  /** Replaces the arguments of the image, as Docker's CMD does. */
  command?: readonly string[];
  env: Readonly<Record<string, string>>;
  labels: Readonly<Record<string, string>>;
  /** Bytes. */
  memory?: number;
  /** Rancher's dataVolumes, `name:/path`. */
  volumes: readonly string[];
  /** Private TCP ports. */
  ports: readonly number[];
  /** The address that it had before, kept where it is free. */
  address?: string;
}

/** How a process ended: one of exitCode and signal is null. */
export interface ContainerExit {
  exitCode: number | null;
  signal: string | null;
  oomKilled: boolean;
}

export type ExitListener = (uuid: string, exit: ContainerExit) => void;

/** The image is unknown and `unknownImage` is `error`; the message is worded as Docker's. */
export class ImageNotFoundError extends Error {
  readonly code = 'ImageNotFound';
  override readonly name = 'ImageNotFoundError';
}

/** What runs containers for local Rancher. */
export interface Runtime {
  /** Ends what an earlier run that was cut short left behind. Resolves when none of it runs any more. */
  recover(): Promise<void>;
  /**
   * Reserves an address and starts the process; resolves when it was started, not when it answers.
   * @throws ImageNotFoundError
   */
  start(spec: ContainerSpec): Promise<{ address: string; pid: number }>;
  /** SIGTERM to the group, after graceMs (milliseconds) SIGKILL; resolves when nothing of it runs. Unknown or ended: resolves. */
  stop(uuid: string, graceMs?: number): Promise<void>;
  /** Stops it and forgets log and folder (volumes stay). */
  remove(uuid: string): Promise<void>;
  /** Called once for each ending that neither stop nor remove asked for. */
  onExit(listener: ExitListener): void;
  isRunning(uuid: string): boolean;
  /** The process of a running container, for a shell beside it; undefined where there is none. */
  pidOf(uuid: string): number | undefined;
  /** Path of the log file (stdout and stderr). */
  logPath(uuid: string): string;
  /** Stops everything. */
  close(graceMs?: number): Promise<void>;
}
