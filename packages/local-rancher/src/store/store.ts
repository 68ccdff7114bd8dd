import { join } from 'node:path';
import type { Logger } from 'pino';
import { z } from 'zod';
import { type AnyRecord, type ContainerRecord, recordSchema, type ServiceRecord, type StackRecord } from '../model/records.js';
import { Journal, readJournal } from './journal.js';
import { Table } from './table.js';

/** Rancher forgets removed rows after two days by its default configuration. */
const KEEP_REMOVED_MS = 172_800_000;

const countersSchema = z.object({ kind: z.literal('counters'), stack: z.number(), service: z.number(), container: z.number() });
/** One line: what changed together. */
const lineSchema = z.array(z.union([countersSchema, recordSchema]));

type ChangeListener = (changed: readonly AnyRecord[]) => void;

/** All objects in memory, each change appended to a journal under dataDir. */
export class Store {
  readonly stacks = new Table<StackRecord>(() => 0);
  readonly services = new Table<ServiceRecord>((service) => service.stackId);
  readonly containers = new Table<ContainerRecord>((container) => container.serviceId);
  readonly #journal: Journal;
  readonly #listeners = new Set<ChangeListener>();

  private constructor(file: string, logger: Logger) {
    this.#journal = new Journal({
      file,
      snapshot: () => this.#snapshot(),
      onFailure: (error) => logger.error({ err: error }, 'local Rancher can not write its state'),
    });
  }

  /** @throws an error that names the file and line where it can't be read */
  static async open(dataDir: string, logger: Logger): Promise<Store> {
    const file = join(dataDir, 'rancher.journal');
    const store = new Store(file, logger);
    const lines = await readJournal(file);
    for (const [index, line] of lines.entries()) {
      try {
        for (const record of lineSchema.parse(JSON.parse(line))) store.#load(record);
      } catch (cause) {
        throw new Error(`${file}, line ${index + 1} is damaged: restore the file from a copy, or move it away to start empty`, { cause });
      }
    }
    await store.#journal.open();
    return store;
  }

  /** Applies the changes at once and together; they are on disk when `flushed` resolves. */
  put(...records: readonly AnyRecord[]): void {
    if (records.length === 0) return;
    for (const record of records) this.#apply(record);
    this.#journal.append(JSON.stringify(records));
    for (const listener of this.#listeners) listener(records);
    // Whoever must know whether it worked awaits flushed() and gets the failure there.
    this.#journal.flushed().catch(() => undefined);
  }

  flushed(): Promise<void> {
    return this.#journal.flushed();
  }

  onChange(listener: ChangeListener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  close(): Promise<void> {
    return this.#journal.close();
  }

  #load(record: z.infer<typeof lineSchema>[number]): void {
    if (record.kind === 'counters') this.#reserve(record);
    else this.#apply(record);
  }

  #reserve({ stack, service, container }: z.infer<typeof countersSchema>): void {
    this.stacks.reserve(stack);
    this.services.reserve(service);
    this.containers.reserve(container);
  }

  #apply(record: AnyRecord): void {
    if (record.kind === 'stack') this.stacks.set(record);
    else if (record.kind === 'service') this.services.set(record);
    else this.containers.set(record);
  }

  #snapshot(): string[] {
    this.#prune(Date.now() - KEEP_REMOVED_MS);
    const counters = { kind: 'counters', stack: this.stacks.lastId, service: this.services.lastId, container: this.containers.lastId };
    const records = [...this.stacks.all(), ...this.services.all(), ...this.containers.all()];
    return [counters, ...records].map((record) => JSON.stringify([record]));
  }

  #prune(before: number): void {
    const isOld = (record: AnyRecord): boolean => record.state === 'removed' && (record.removedTS ?? before) < before;
    for (const container of this.containers.all().filter(isOld)) this.containers.delete(container);
    for (const service of this.services.all().filter(isOld)) this.services.delete(service);
    for (const stack of this.stacks.all().filter(isOld)) this.stacks.delete(stack);
  }
}
