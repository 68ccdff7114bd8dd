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
  /** What only a container has, and a process has not. */
  confinement?: Confinement;
}

/** Fields of Rancher's launchConfig, by its names. */
export interface Confinement {
  entryPoint?: readonly string[];
  user?: string;
  workingDir?: string;
  hostname?: string;
  capAdd?: readonly string[];
  capDrop?: readonly string[];
  tty?: boolean;
  stdinOpen?: boolean;
  privileged?: boolean;
  readOnly?: boolean;
  stopSignal?: string;
  /** `managed`, `none`, or the name of a network. */
  networkMode?: string;
}

/** How a process ended: one of exitCode and signal is null. */
export interface ContainerExit {
  exitCode: number | null;
  signal: string | null;
  oomKilled: boolean;
}

export type ExitListener = (uuid: string, exit: ContainerExit) => void;

/** What the image's own check of health says, by Rancher's names; null where it has none. */
export type ContainerHealth = 'initializing' | 'healthy' | 'unhealthy' | null;
export type HealthListener = (uuid: string, health: ContainerHealth) => void;

/** Says how far the preparation of a start is, such as the download of an image; null when it is over. */
export type ProgressListener = (uuid: string, progress: string | null) => void;

export interface LogOrder {
  /** How many lines of what was written before come first. */
  lines: number;
  follow: boolean;
  signal: AbortSignal;
  onLine: (line: string) => void;
}

export type OutputStream = 'stdout' | 'stderr';

export interface ShellOrder {
  command: readonly string[];
  tty: boolean;
  onOutput: (stream: OutputStream, data: Buffer) => void;
  onEnd: () => void;
}

/** A command that runs in a container. */
export interface Shell {
  write(data: Buffer): void;
  kill(): void;
}

/** What a container uses, in the form of Rancher's agent. */
export interface Usage {
  /** Nanoseconds since the start. */
  cpu: { usage: { total: number } };
  /** Bytes. */
  memory: { usage: number };
  /** Bytes since the start. */
  network?: { interfaces: { name: string; rx_bytes: number; tx_bytes: number }[] };
  /** Bytes since the start, by disk and operation. */
  diskio?: { io_service_bytes: { major: number; minor: number; stats: Record<string, number> }[] };
}

/** By uuid: the containers of an earlier run that run on. */
export type Survivors = ReadonlyMap<string, { address: string | null }>;

/** The image is unknown and `unknownImage` is `error`; the message is worded as Docker's. */
export class ImageNotFoundError extends Error {
  readonly code = 'ImageNotFound';
  override readonly name = 'ImageNotFoundError';
}

/** What runs containers for local Rancher. */
export interface Runtime {
  /**
   * Looks at what an earlier run that was cut short left behind, and ends what can't be taken over or isn't among `known`, the
   * uuids of the containers that there are to be.
   */
  recover(known: ReadonlySet<string>): Promise<Survivors>;
  /**
   * Reserves an address and starts the process; resolves when it was started, not when it answers. What has ended by then, or is in no
   * network, may have no address.
   * @throws ImageNotFoundError
   */
  start(spec: ContainerSpec): Promise<{ address: string | null; pid: number }>;
  /** SIGTERM, after graceMs (milliseconds) SIGKILL; resolves when nothing of it runs. Unknown or ended: resolves. */
  stop(uuid: string, graceMs?: number): Promise<void>;
  /** Stops it and forgets log and folder (volumes stay). */
  remove(uuid: string): Promise<void>;
  /** Called once for each ending that neither stop nor remove asked for. */
  onExit(listener: ExitListener): void;
  onHealth(listener: HealthListener): void;
  onProgress(listener: ProgressListener): void;
  isRunning(uuid: string): boolean;
  /** Tells lines of the log, stdout and stderr, until the signal is aborted or, where it isn't followed, to its end. */
  readLog(uuid: string, order: LogOrder): Promise<void>;
  /** @throws RuntimeError NotRunning */
  openShell(uuid: string, order: ShellOrder): Promise<Shell>;
  /** What it uses now; undefined where it doesn't run. */
  usageOf(uuid: string): Promise<Usage | undefined>;
  /** Stops everything. */
  close(graceMs?: number): Promise<void>;
}
