import { isDeepStrictEqual } from 'node:util';
import type { Clock } from '../clock.js';
import { readIfThere } from '../files/replace.js';
import type { Change, Outlet } from '../outlet.js';
import { renderBackends, renderMap } from '../render.js';
import type { DomainTable } from '../table/types.js';
import { type Contents, HaproxyFiles, type HaproxyPaths } from './files.js';
import { LaterWrite } from './later.js';
import { end, isThere, processes, reload, untilServing } from './master.js';
import { afterCommands, type Command, type Plan, plan, type Running, runningOf } from './plan.js';
import { SiteConfig, type SiteConfigOptions } from './site-config.js';
import { ask } from './socket.js';

/** A HAProxy that was started from here. */
export interface Launched {
  /** Lets it finish what is under way, for a while, and ends it. */
  stop(): Promise<void>;
  kill(): void;
}

export interface HaproxyOptions extends SiteConfigOptions {
  /** The program. */
  program: string;
  paths: HaproxyPaths;
  /** Starts HAProxy, and again whenever it ends; `beforeAgain` is waited for then, which brings its files up to date. */
  launch: (program: string, args: readonly string[], beforeAgain: () => Promise<void>) => Launched;
  clock: Clock;
}

type Leaving = NonNullable<Command['leaves']>;

/** The real HAProxy: its files, its process, and what is said to it while it runs. */
export class Haproxy implements Outlet {
  readonly #files: HaproxyFiles;
  readonly #site: SiteConfig;
  readonly #later: LaterWrite;
  #launched: Launched | undefined;
  /** Whether one runs, ours or an earlier run's. */
  #isUp = false;
  /** undefined where it isn't known what it has. */
  #running: Running | undefined;
  /** The last one that was taken in. */
  #table: DomainTable | undefined;
  /** The configuration that it was started with, and the worker that took it. */
  #started: { config: string; worker: number | undefined } | undefined;
  /** What another program's files had when it took them. */
  #taken: Contents | undefined;
  /** One thing at a time. */
  #turn: Promise<unknown> = Promise.resolve();

  constructor(private readonly options: HaproxyOptions) {
    this.#files = new HaproxyFiles(options.program, options.paths);
    this.#site = new SiteConfig(options);
    this.#later = new LaterWrite({ ...options, write: () => this.#inTurn(() => this.#catchUp()) });
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
    try {
      await this.#files.putConfig(this.#site.text());
      // One that runs may be ahead of the files: it is reloaded when the metadata are known.
      if (await this.#answers()) this.#isUp = true;
      else await this.#run(false);
    } catch (error) {
      if ((error as { code?: string }).code !== 'HaproxyCheckFailed') throw error;
      logger.error({ err: error }, 'HAProxy does not take what an earlier run left; it waits for the metadata');
    }
  }

  /** Reads the site's haproxy.cfg and makes room for what is written. @throws HaproxyError where there is none. */
  async prepare(): Promise<void> {
    await this.#files.prepare();
    await this.#site.read(this.options.paths.template);
  }

  /** Puts a table into the files, checked, and leaves it to a HAProxy that is run elsewhere. @throws CheckFailedError */
  async write(table: DomainTable): Promise<Change> {
    const { routes } = await this.#files.put(this.#contents(table));
    return routes ? 'written' : 'none';
  }

  async taken(): Promise<{ names: ReadonlySet<string>; domains: ReadonlySet<string> }> {
    return { names: this.#site.names(), domains: new Set() };
  }

  apply(table: DomainTable): Promise<Change> {
    return this.#inTurn(async () => {
      await this.#site.look();
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
      await this.#site.look();
      const contents: Contents = { config: this.#site.text(), ...(await this.#files.there()) };
      if (isDeepStrictEqual(contents, this.#taken) && (await this.#answers())) return 'none';
      if (!(await this.#files.putConfig(contents.config))) await this.#files.check();
      await this.#run(await this.#answers());
      this.#taken = contents;
      return 'reload';
    });
  }

  /** Has another certificate served as soon as there is one, and sees to it that HAProxy runs. */
  look(): Promise<void> {
    return this.#inTurn(async () => {
      const hasAnother = await this.#site.look();
      if (this.#table && (hasAnother || (await this.#isAnother()))) await this.#apply(this.#table);
    });
  }

  /** Why the files are behind for longer than they should be. */
  problem(): string | undefined {
    return this.#later.problem;
  }

  async close(): Promise<void> {
    await this.#turn.catch(() => undefined);
    await this.#later.flush();
    this.#later.forget();
    if (this.#launched) {
      await this.#launched.stop();
      return this.#files.removeSockets();
    }
    const adopted = await processes(this.#files.sockets).catch(() => undefined);
    if (adopted && (await this.#isOurs(adopted.master))) await end(this.#files.sockets, adopted.master, this.options.clock);
  }

  /** A pid may be another's: that of a HAProxy in another container, which is reached by the same socket, is. */
  async #isOurs(pid: number): Promise<boolean> {
    const command = await readIfThere(`/proc/${pid}/cmdline`).catch(() => undefined);
    return command?.includes(this.#files.sockets.master) ?? false;
  }

  kill(): void {
    this.#later.forget();
    this.#launched?.kill();
  }

  #inTurn<T>(act: () => Promise<T>): Promise<T> {
    const turn = this.#turn.then(act, act);
    this.#turn = turn.catch(() => undefined);
    return turn;
  }

  async #apply(table: DomainTable): Promise<Change> {
    const early = this.#site.text() === this.#started?.config ? await this.#commandOnly(table) : undefined;
    if (early) return early;
    const { config, routes } = await this.#put(table);
    const answers = await this.#answers();
    if (!this.#isUp || !answers) {
      await this.#run(answers);
      this.#running = runningOf(table);
      return 'reload';
    }
    // It was started with these very files.
    if (!this.#running && !config && !routes && this.#started?.config === this.#site.text()) this.#running = runningOf(table);
    return this.#bringTo(table, config);
  }

  #contents(table: DomainTable): Contents {
    return { config: this.#site.text(), backends: renderBackends(table), map: renderMap(table) };
  }

  async #put(table: DomainTable): Promise<{ config: boolean; routes: boolean }> {
    const { clock } = this.options;
    const startedAt = clock.now();
    const changed = await this.#files.put(this.#contents(table));
    this.#table = table;
    this.#later.settle(clock.now() - startedAt);
    return changed;
  }

  /**
   * What needs no reload is only told to HAProxy; the files, which are for its next start, follow. undefined where commands won't do, or
   * were not taken.
   */
  async #commandOnly(table: DomainTable): Promise<Change | undefined> {
    const before = this.#running;
    const next = before && plan(before, table, this.options.paths.map);
    if (!before || next?.kind === 'reload') return undefined;
    if (next?.kind !== 'commands') return 'none';
    this.#running = undefined;
    const change = await this.#command(next.commands, before, table).catch(() => undefined);
    // Part of them may have been taken: it has no longer what it was started with.
    if (!change) this.#started = undefined;
    else if (change !== 'none') {
      this.#table = table;
      this.#later.note();
    }
    return change;
  }

  /** Writes the files that are behind. A HAProxy that was started with them meanwhile, by others, is reloaded. */
  async #catchUp(): Promise<void> {
    if (!this.#table || !this.#later.isBehind) return;
    if (await this.#isAnother()) await this.#apply(this.#table);
    else await this.#put(this.#table);
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
    this.#started = { config: this.#site.text(), worker: (await processes(this.#files.sockets)).worker };
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

  /** `answers` says whether one is there already. */
  async #run(answers: boolean): Promise<void> {
    const { sockets, files } = this.#files;
    const { clock, launch, program } = this.options;
    this.#started = undefined;
    if (answers) await reload(sockets, clock);
    else if (this.#launched) await untilServing(sockets, clock);
    else {
      const args = ['-W', '-S', `${sockets.master},mode,600`, ...files.flatMap((file) => ['-f', file])];
      this.#launched = launch(program, args, () => this.#later.flush());
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
}
