/** Tells a person at the terminal what is going on. */
export interface Progress {
  note(text: string): void;
}

/** Lines such as `mooring  1.2 s  starting local Rancher`; the time is since its making. */
export function createProgress(write: (line: string) => void, now: () => number = Date.now): Progress {
  const began = now();
  return { note: (text) => write(`mooring ${((now() - began) / 1000).toFixed(1).padStart(5)} s  ${text}\n`) };
}
