import { type FileHandle, open, readFile, rename } from 'node:fs/promises';
import { dirname } from 'node:path';

interface JournalOptions {
  file: string;
  /** All that is to be kept, one line each: what a rewritten file consists of. */
  snapshot: () => string[];
  /** Called once when the disk refuses; nothing can be acknowledged from then on. */
  onFailure: (error: unknown) => void;
}

/** A file is rewritten when it has grown by this many bytes, or to four times what it was after the last rewriting. */
const REWRITE_AFTER = 8 * 1024 * 1024;

/**
 * The whole lines of a journal; [] where there is none.
 * A last line without its end was being written when the process was killed: nobody was told of it, so it is dropped.
 */
export const readJournal = async (file: string): Promise<string[]> => {
  const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return '';
    throw error;
  });
  return text
    .slice(0, text.lastIndexOf('\n') + 1)
    .split('\n')
    .filter((line) => line !== '');
};

const syncFolder = async (folder: string): Promise<void> => {
  const handle = await open(folder, 'r');
  await handle.sync().finally(() => handle.close());
};

/** Where changes are kept. */
export interface StateLog {
  /** Writes the snapshot and gets ready for what is to come. */
  open(): Promise<void>;
  /** `line` is made at once, where there is anything to be kept. */
  append(line: () => string): void;
  /** Resolves when all that was appended before is kept. */
  flushed(): Promise<void>;
  close(): Promise<void>;
}

/** Keeps nothing. */
export const NO_JOURNAL: StateLog = {
  open: async () => undefined,
  append: () => undefined,
  flushed: async () => undefined,
  close: async () => undefined,
};

/** An append-only file of lines. One fsync serves all that was appended while the last one was under way. */
export class Journal implements StateLog {
  readonly #options: JournalOptions;
  #handle: FileHandle | undefined;
  #pending: string[] = [];
  #writing: Promise<void> | undefined;
  #failure: Error | undefined;
  #appended = 0;
  #durable = 0;
  #grown = 0;
  #base = 0;

  constructor(options: JournalOptions) {
    this.#options = options;
  }

  /** Writes the snapshot and opens the file for what is to come. */
  async open(): Promise<void> {
    await this.#rewrite();
  }

  append(line: () => string): void {
    this.#pending.push(line());
    this.#appended += 1;
  }

  /** Resolves when all that was appended before is on disk. */
  async flushed(): Promise<void> {
    const mine = this.#appended;
    while (this.#durable < mine) {
      if (this.#failure) throw this.#failure;
      this.#writing ??= this.#write().finally(() => {
        this.#writing = undefined;
      });
      await this.#writing;
    }
  }

  async close(): Promise<void> {
    await this.flushed().finally(() => this.#handle?.close());
  }

  async #write(): Promise<void> {
    try {
      if (this.#grown > Math.max(REWRITE_AFTER, 4 * this.#base)) await this.#rewrite();
      else await this.#appendPending();
    } catch (error) {
      this.#failure = new Error('local Rancher can not write its state to disk; free space in its data folder and start again', {
        cause: error,
      });
      this.#options.onFailure(error);
      throw this.#failure;
    }
  }

  async #appendPending(): Promise<void> {
    const lines = this.#pending;
    this.#pending = [];
    const text = `${lines.join('\n')}\n`;
    await this.#handle?.writeFile(text);
    await this.#handle?.datasync();
    this.#durable += lines.length;
    this.#grown += Buffer.byteLength(text);
  }

  async #rewrite(): Promise<void> {
    const { file, snapshot } = this.#options;
    const next = await open(`${file}.next`, 'w', 0o600);
    // The snapshot holds what is pending: both are taken in the same turn of the event loop.
    const text = snapshot()
      .map((line) => `${line}\n`)
      .join('');
    const covered = this.#pending.length;
    this.#pending = [];
    await next.writeFile(text);
    await next.sync();
    await rename(`${file}.next`, file);
    await syncFolder(dirname(file));
    await this.#handle?.close();
    this.#handle = next;
    this.#durable += covered;
    this.#base = Buffer.byteLength(text);
    this.#grown = 0;
  }
}
