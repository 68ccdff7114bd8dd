export type RuntimeErrorCode =
  | 'UnsupportedPlatform'
  | 'DataFolderInUse'
  | 'LeftoversRemain'
  | 'InvalidContainer'
  | 'InvalidVolume'
  | 'InvalidImage'
  | 'AlreadyRunning'
  | 'NotRunning'
  | 'Closed'
  | 'NoFreeAddress'
  | 'PortNotAllowed'
  | 'CommandNotStarted'
  | 'EngineUnreachable'
  | 'EngineRefused'
  | 'PullFailed';

/** Why a container can't be run here. `code` is stable, `message` is for people: the field, the value, the cure. */
export class RuntimeError extends Error {
  override readonly name = 'RuntimeError';
  constructor(
    readonly code: RuntimeErrorCode,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

/** The `code` of what Node's system calls throw; undefined for anything else. By shape, since such errors may come from another realm. */
export function systemErrorCode(error: unknown): string | undefined {
  if (typeof error !== 'object' || error === null || !('code' in error)) return undefined;
  return typeof error.code === 'string' ? error.code : undefined;
}
