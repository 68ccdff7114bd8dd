import { isDeepStrictEqual } from 'node:util';
import type { Logger } from 'pino';
import type { Certificate, CertificateState } from '../certificates/certificate.js';
import type { Clock } from '../clock.js';
import { readIfThere } from '../files/replace.js';
import type { Change, Outlet } from '../outlet.js';
import { renderBackends, renderMap } from '../render.js';
import type { DomainTable } from '../table/types.js';
import { type Contents, HaproxyFiles, type HaproxyPaths } from './files.js';
import { end, isThere, processes, reload, untilServing } from './master.js';
import { afterCommands, type Command, type Plan, plan, type Running, runningOf } from './plan.js';
import { ask } from './socket.js';
import { DEFAULT_CONFIG, fillTemplate, proxyNames, type TemplateValues } from './template.js';

/** A HAProxy that was started from here. */
export interface Launched {
  /** Lets it finish what is under way, for a while, and ends it. */
  stop(): Promise<void>;
  kill(): void;
}

export interface HaproxyOptions {
  /** The program. */
  program: string;
  paths: HaproxyPaths;
  values: Omit<TemplateValues, 'certificate'>;
  /** Looks after the certificate, where HTTPS is on. */
  certificate?: { path: string; keeper: Certificate } | undefined;
  /** Starts HAProxy, and again whenever it ends. */
  launch: (program: string, args: readonly string[]) => Launched;
  clock: Clock;
  logger: Logger;
}

type Leaving = NonNullable<Command['leaves']>;

/** The real HAProxy: its files, its process, and what is said to it while it runs. */
export class Haproxy implements Outlet {
  readonly #files: HaproxyFiles;
  #template = DEFAULT_CONFIG;
  #launched: Launched | undefined;
  /** Whether one runs, ours or an earlier run's. */
  #isUp = false;
  /** undefined where it isn't known what it has. */
  #running: Running | undefined;
  #table: DomainTable | undefined;
  /** The configuration that it was started with, and the worker that took it. */
  #started: { config: string; worker: number | undefined } | undefined;
  /** What another program's files had when it took them. */
  #taken: Contents | undefined;
  #certificate: CertificateState = { usable: false };
  #problem: string | undefined;
  /** One thing at a time. */
  #turn: Promise<unknown> = Promise.resolve();

  constructor(private readonly options: HaproxyOptions) {
    this.#files = new HaproxyFiles(options.program, options.paths);
  }

  /**
   * Starts HAProxy with what an earlier run left, so that a metadata service that is down keeps nobody out; one that an earlier run left
   * running is gone on with.
   *
   * @throws HaproxyError where it can't be run at all.
   */
  async open(): Promise<void> {
    const { logger } = this.options;
    await this.prepare();
    const left = await this.#files.there();
    try {
      await this.#files.put({ config: this.#config(), ...left });
      // One that runs may be ahead of the files: it is reloaded when the metadata are known.
      if (await this.#answers()) this.#isUp = true;
      else await this.#run();
    } catch (error) {
      if ((error as { code?: string }).code !== 'HaproxyCheckFailed') throw error;
      logger.error({ err: error }, 'HAProxy does not take what an earlier run left; it waits for the metadata');
    }
  }

  /** Reads the site's haproxy.cfg and makes room for what is written. @throws HaproxyError where there is none. */
  async prepare(): Promise<void> {
    await this.#files.prepare();
    this.#template = (await readIfThere(this.options.paths.template)) ?? DEFAULT_CONFIG;
    await this.#lookAtCertificate();
  }

  /** Puts a table into the files, checked, and leaves it to a HAProxy that is run elsewhere. @throws CheckFailedError */
  async write(table: DomainTable): Promise<Change> {
    const { routes } = await this.#files.put({ config: this.#config(), backends: renderBackends(table), map: renderMap(table) });
    return routes ? 'written' : 'none';
  }

  async taken(): Promise<{ names: ReadonlySet<string>; domains: ReadonlySet<string> }> {
    return { names: proxyNames(this.#template), domains: new Set() };
  }

  apply(table: DomainTable): Promise<Change> {
    return this.#inTurn(async () => {
      if (this.options.certificate) await this.#lookAtCertificate();
      return this.#apply(table);
    });
  }

  /**
   * Takes what another program has put into the files, by a reload that fails no request. Where nothing is new, HAProxy is started again if it
   * has ended.
   *
   * @throws CheckFailedError where HAProxy would not take it; what it has stays.
   */
  refresh(): Promise<Change> {
    return this.#inTurn(async () => {
      await this.#lookAtCertificate();
      const there = await this.#files.there();
      const contents: Contents = { config: this.#config(), ...there };
      if (isDeepStrictEqual(contents, this.#taken) && (await this.#answers())) return 'none';
      const { config } = await this.#files.put(contents);
      if (!config) await this.#files.check();
      await this.#run();
      this.#taken = contents;
      return 'reload';
    });
  }

  /** Has another certificate served as soon as there is one, and sees to it that HAProxy runs. */
  look(): Promise<void> {
    return this.#inTurn(async () => {
      const before = this.#certificate.hash;
      await this.#lookAtCertificate();
      if (this.#table && (before !== this.#certificate.hash || (await this.#isAnother()))) await this.#apply(this.#table);
    });
  }

  async close(): Promise<void> {
    await this.#turn.catch(() => undefined);
    if (this.#launched) return this.#launched.stop();
    const adopted = await processes(this.#files.sockets).catch(() => undefined);
    if (adopted && (await this.#isOurs(adopted.master))) await end(this.#files.sockets, adopted.master, this.options.clock);
  }

  /** A pid may be another's: that of a HAProxy in another container, which is reached by the same socket, is. */
  async #isOurs(pid: number): Promise<boolean> {
    const command = await readIfThere(`/proc/${pid}/cmdline`).catch(() => undefined);
    return command?.includes(this.#files.sockets.master) ?? false;
  }

  kill(): void {
    this.#launched?.kill();
  }

  #inTurn<T>(act: () => Promise<T>): Promise<T> {
    const turn = this.#turn.then(act, act);
    this.#turn = turn.catch(() => undefined);
    return turn;
  }

  async #apply(table: DomainTable): Promise<Change> {
    const contents = { config: this.#config(), backends: renderBackends(table), map: renderMap(table) };
    // What needs no reload is so before the files, which are only for the next start, are checked and written.
    const early = contents.config === this.#started?.config ? await this.#commandOnly(table) : undefined;
    const { config, routes } = await this.#files.put(contents);
    this.#table = table;
    if (early) return early;
    if (!this.#isUp || !(await this.#answers())) {
      await this.#run();
      this.#running = runningOf(table);
      return 'reload';
    }
    // It was started with these very files.
    if (!this.#running && !config && !routes && this.#started?.config === contents.config) this.#running = runningOf(table);
    return this.#bringTo(table, config);
  }

  /** undefined where commands won't do, or were not taken. */
  async #commandOnly(table: DomainTable): Promise<Change | undefined> {
    const before = this.#running;
    const next = before && plan(before, table, this.options.paths.map);
    if (next?.kind !== 'commands' || !before) return undefined;
    this.#running = undefined;
    return this.#command(next.commands, before, table).catch(() => undefined);
  }

  async #bringTo(table: DomainTable, isForced: boolean): Promise<Change> {
    const next: Plan =
      this.#running && !isForced ? plan(this.#running, table, this.options.paths.map) : { kind: 'reload', why: 'its files are others' };
    if (next.kind === 'nothing') return 'none';
    // What it has is not known again before the new worker serves.
    this.#running = undefined;
    await this.#reload();
    this.#running = runningOf(table);
    if (next.kind === 'reload') this.options.logger.debug({ why: next.why }, 'HAProxy was reloaded');
    return 'reload';
  }

  async #reload(): Promise<void> {
    this.#started = undefined;
    await reload(this.#files.sockets, this.options.clock);
    await this.#note();
  }

  async #note(): Promise<void> {
    this.#started = { config: this.#config(), worker: (await processes(this.#files.sockets)).worker };
  }

  /** undefined where HAProxy does not take them, which only a reload puts right. */
  async #command(commands: readonly Command[], before: Running, table: DomainTable): Promise<Change | undefined> {
    const { stayed, refused, answer } = await this.#tell(commands);
    if (refused !== undefined) {
      this.options.logger.warn({ command: refused, answer }, 'HAProxy does not take a command; it is reloaded');
      return undefined;
    }
    this.#running = afterCommands(before, table, stayed);
    return commands.every(({ leaves }) => leaves) ? 'none' : 'commands';
  }

  async #tell(commands: readonly Command[]): Promise<{ stayed: Leaving[]; refused?: string; answer?: string }> {
    const stayed: Leaving[] = [];
    for (const { text, expect, leaves } of commands) {
      const answer = await ask(this.#files.sockets.worker, text);
      if (expect.test(answer)) continue;
      if (!leaves) return { stayed, refused: text, answer };
      stayed.push(leaves);
    }
    return { stayed };
  }

  async #run(): Promise<void> {
    const { sockets, files } = this.#files;
    const { clock, launch, program } = this.options;
    this.#started = undefined;
    if (await this.#answers()) await reload(sockets, clock);
    else if (this.#launched) await untilServing(sockets, clock);
    else {
      this.#launched = launch(program, ['-W', '-S', `${sockets.master},mode,600`, ...files.flatMap((file) => ['-f', file])]);
      await untilServing(sockets, clock);
    }
    await this.#note();
    this.#isUp = true;
  }

  /** Whether it has ended since, and another may run: what that one has is not known. */
  async #isAnother(): Promise<boolean> {
    const now = await processes(this.#files.sockets).catch(() => undefined);
    if (this.#started !== undefined && now?.worker === this.#started.worker) return false;
    this.#running = undefined;
    this.#started = undefined;
    return true;
  }

  #answers(): Promise<boolean> {
    return isThere(this.#files.sockets, this.options.clock);
  }

  #config(): string {
    const { values, certificate } = this.options;
    return fillTemplate(this.#template, {
      ...values,
      certificate: certificate && this.#certificate.usable ? certificate.path : undefined,
    }).concat(this.#certificate.hash === undefined ? '' : `# certificate ${this.#certificate.hash.slice(0, 16)}\n`);
  }

  async #lookAtCertificate(): Promise<void> {
    const { certificate, logger } = this.options;
    if (!certificate) return;
    const state = await certificate.keeper.look().catch((error: unknown) => {
      const problem = error instanceof Error ? error.message : String(error);
      return { ...this.#certificate, problem };
    });
    this.#certificate = state;
    const problem =
      state.problem && (state.usable ? `the certificate stays as it is: ${state.problem}` : `there is no HTTPS: ${state.problem}`);
    if (problem !== undefined && problem !== this.#problem) logger.error({ problem }, 'the certificate is no good');
    this.#problem = problem;
  }
}
