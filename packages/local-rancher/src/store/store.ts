import { join } from 'node:path';
import type { Logger } from 'pino';
import { z } from 'zod';
import {
  type AccessRecord,
  type AnyRecord,
  type ApiKeyRecord,
  type ContainerRecord,
  type HostRecord,
  type ResourceRecord,
  recordSchema,
  type ServiceRecord,
  type StackRecord,
} from '../model/records.js';
import { Journal, NO_JOURNAL, readJournal, type StateLog } from './journal.js';
import { Table } from './table.js';

/** The parent of what has none. */
export const ROOT = 0;

/** Rancher forgets removed rows after two days by its default configuration. */
const KEEP_REMOVED_MS = 172_800_000;

const countersSchema = z.object({
  kind: z.literal('counters'),
  stack: z.number(),
  service: z.number(),
  container: z.number(),
  host: z.number().default(0),
  apiKey: z.number().default(0),
});
type Counters = z.infer<typeof countersSchema>;

/** One line: what changed together. */
const lineSchema = z.array(z.union([countersSchema, recordSchema]));

type ChangeListener = (changed: readonly AnyRecord[]) => void;

/** All objects in memory, each change appended to a journal under dataDir. */
export class Store {
  readonly stacks = new Table<StackRecord>(() => ROOT);
  readonly services = new Table<ServiceRecord>((service) => service.stackId);
  readonly containers = new Table<ContainerRecord>((container) => container.serviceId);
  readonly hosts = new Table<HostRecord>(() => ROOT);
  readonly apiKeys = new Table<ApiKeyRecord>((key) => key.accountId);
  readonly #journal: StateLog;
  readonly #listeners = new Set<ChangeListener>();
  readonly #untold: (readonly AnyRecord[])[] = [];
  #access: AccessRecord | undefined;

  private constructor(journalOf: (snapshot: () => string[]) => StateLog) {
    this.#journal = journalOf(() => this.#snapshot());
  }

  /** Nothing is kept beyond the process. */
  static inMemory(): Store {
    return new Store(() => NO_JOURNAL);
  }

  /** @throws an error that names the file and line where it can't be read */
  static async open(dataDir: string, logger: Logger): Promise<Store> {
    const file = join(dataDir, 'rancher.journal');
    const onFailure = (error: unknown): void => logger.error({ err: error }, 'local Rancher can not write its state');
    const store = new Store((snapshot) => new Journal({ file, snapshot, onFailure }));
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

  /** Who may call; undefined while nobody ever switched authentication on. */
  get access(): AccessRecord | undefined {
    return this.#access;
  }

  /** Applies the changes at once and together; they are on disk when `flushed` resolves. */
  put(...records: readonly AnyRecord[]): void {
    if (records.length === 0) return;
    for (const record of records) this.#apply(record);
    this.#journal.append(() => JSON.stringify(records));
    this.#tell(records);
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

  /** In the order of the changes, though a listener may change more. */
  #tell(records: readonly AnyRecord[]): void {
    this.#untold.push(records);
    if (this.#untold.length > 1) return;
    for (let next = this.#untold[0]; next; next = this.#untold[0]) {
      for (const listener of this.#listeners) listener(next);
      this.#untold.shift();
    }
  }

  /** Its table holds records of its own kind only, which the type can't say. */
  #tableOf<T extends ResourceRecord>({ kind }: T): Table<T> {
    const tables = { stack: this.stacks, service: this.services, container: this.containers, host: this.hosts, apiKey: this.apiKeys };
    return tables[kind] as unknown as Table<T>;
  }

  #load(record: z.infer<typeof lineSchema>[number]): void {
    if (record.kind === 'counters') this.#reserve(record);
    else this.#apply(record);
  }

  #reserve({ stack, service, container, host, apiKey }: Counters): void {
    this.stacks.reserve(stack);
    this.services.reserve(service);
    this.containers.reserve(container);
    this.hosts.reserve(host);
    this.apiKeys.reserve(apiKey);
  }

  #apply(record: AnyRecord): void {
    if (record.kind === 'access') this.#access = record;
    else this.#tableOf(record).set(record);
  }

  #counters(): Counters {
    return {
      kind: 'counters',
      stack: this.stacks.lastId,
      service: this.services.lastId,
      container: this.containers.lastId,
      host: this.hosts.lastId,
      apiKey: this.apiKeys.lastId,
    };
  }

  #all(): ResourceRecord[] {
    return [this.stacks, this.services, this.containers, this.hosts, this.apiKeys].flatMap((table): ResourceRecord[] => table.all());
  }

  #snapshot(): string[] {
    this.#prune(Date.now() - KEEP_REMOVED_MS);
    const kept = [this.#counters(), ...this.#all(), ...(this.#access ? [this.#access] : [])];
    return kept.map((record) => JSON.stringify([record]));
  }

  #prune(before: number): void {
    for (const record of this.#all()) {
      if (record.state === 'removed' && (record.removedTS ?? before) < before) this.#tableOf(record).delete(record);
    }
  }
}
