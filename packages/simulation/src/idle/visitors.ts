import { isNavigation } from '@mooring/http-front';
import type { DataCentre } from '../world/data-centre.js';
import type { People, Person } from '../world/people.js';
import type { Process } from '../world/running.js';
import type { Tally } from '../world/tally.js';
import type { Traefik } from '../world/traefik.js';
import type { Habit } from './events.js';
import type { Notebook } from './notebook.js';
import type { TraefikCounters } from './traefik-counters.js';
import type { Usage } from './usage.js';

/** A page in somebody's browser. */
interface Tab {
  person: Person;
  habit: Habit;
  /** Its websocket, where it has one. */
  socket: { uid: string; notebook: Notebook; port: number; held: object } | undefined;
  isOpen: boolean;
}

export interface VisitorsOptions {
  people: People;
  process: () => Process | undefined;
  traefik: Traefik;
  counters: TraefikCounters;
  centre: DataCentre;
  usage: Usage;
  tally: Tally;
  /** What a tab's own request does at the front, if it was let in. */
  onBackground: (person: Person, ask: () => Promise<void>) => Promise<void>;
  /** Whether the front takes a tab's saving for somebody who comes. */
  savesWake: boolean;
}

/** A page that waits for its session looks so often, and so many times. */
const WAIT = { eachMs: 2000, times: 30 };
/** What a tab does by itself, in ms. */
const HABIT_MS = 20_000;
const MAX_TABS = 2;
const NAVIGATION = { 'sec-fetch-mode': 'navigate', accept: 'text/html' };
const BACKGROUND = { 'sec-fetch-mode': 'cors', accept: 'application/json' };

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** What people do with their browsers. */
export class Visitors {
  #tabs: Tab[] = [];

  constructor(private readonly options: VisitorsOptions) {
    setInterval(() => this.#habits(), HABIT_MS);
  }

  /** They open the page; it waits until their session is there, for as long as they have patience. */
  async open(person: Person, habit: Habit): Promise<void> {
    if (this.tabsOf(person).length >= MAX_TABS) return;
    if (!(await this.#navigate(person))) return;
    const tab: Tab = { person, habit, socket: undefined, isOpen: true };
    this.#tabs.push(tab);
    for (let times = 0; tab.isOpen && times < WAIT.times; times += 1) {
      if (this.#connect(tab)) return;
      await pause(WAIT.eachMs);
    }
  }

  async peek(person: Person, seconds: number): Promise<void> {
    const before = this.tabsOf(person);
    await this.open(person, 'silent');
    await pause(seconds * 1000);
    for (const tab of this.tabsOf(person)) if (!before.includes(tab)) this.#close(tab);
  }

  /** Answers whether a kernel does it. */
  execute(person: Person, seconds: number): boolean {
    const connected = this.tabsOf(person).filter(({ socket }) => socket && this.#isConnected(socket));
    // Another tab may still show a session that they had, which runs on as a stray.
    const tab = connected.find(({ socket }) => socket?.uid === person.uid) ?? connected[0];
    if (!tab?.socket) return false;
    const { uid, notebook } = tab.socket;
    notebook.execute(seconds);
    if (notebook.kernel) this.options.tally.count('cell');
    this.options.usage.used(uid, 'input');
    return notebook.kernel !== undefined;
  }

  closeTabs(person: Person): void {
    for (const tab of this.tabsOf(person)) this.#close(tab);
  }

  /** Tabs ask without anybody's doing. */
  async background(person: Person, method: 'GET' | 'PUT'): Promise<void> {
    if (person.secret === undefined) return;
    const reached = this.#throughTraefik(person);
    if (reached) {
      this.options.counters.request(reached.uid);
      reached.notebook?.request();
      return;
    }
    if (!this.#reachesFront()) return;
    this.options.tally.count('background request at the front');
    await this.options.onBackground(person, () => this.#front(person, method, BACKGROUND));
  }

  tabsOf(person: Person): Tab[] {
    return this.#tabs.filter((tab) => tab.person === person);
  }

  /** Whether somebody's tab is connected now to the session that they have: one that they had may still run as a stray. */
  isOpenAt(person: Person): boolean {
    return this.tabsOf(person).some(({ socket }) => socket?.uid === person.uid && socket && this.#isConnected(socket));
  }

  /** They reload until somebody answers them; false where nobody does. */
  async #navigate(person: Person): Promise<boolean> {
    const reached = this.#throughTraefik(person);
    if (reached?.notebook) {
      this.options.counters.request(reached.uid);
      reached.notebook.request();
      this.options.usage.used(reached.uid, 'page');
      return true;
    }
    if (!this.#reachesFront() || !this.options.process()?.life.isAlive) return false;
    await this.#front(person, 'GET', NAVIGATION);
    return true;
  }

  /** The narrative door, by the front's own rule. */
  async #front(person: Person, method: string, headers: Record<string, string>): Promise<void> {
    const { people, process, usage, savesWake } = this.options;
    if (!isNavigation(method, headers) && !(savesWake && method === 'PUT')) return;
    const by = process();
    await people.navigate(person, by);
    if (person.uid !== undefined && person.wish === 'session') usage.wished(person.uid);
  }

  #reachesFront(): boolean {
    return this.options.traefik.isUp && this.options.traefik.isLoaded;
  }

  #throughTraefik(person: Person): { uid: string; notebook: Notebook | undefined } | undefined {
    const { traefik, usage } = this.options;
    const route = person.secret !== undefined && traefik.isUp ? traefik.bySecret(person.secret) : undefined;
    return route && { uid: route.uid, notebook: usage.notebookAt(route.ip) };
  }

  #connect(tab: Tab): boolean {
    const reached = this.#throughTraefik(tab.person);
    if (!reached?.notebook) return false;
    const { uid, notebook } = reached;
    const { counters, usage, tally } = this.options;
    for (let requests = 0; requests < 3; requests += 1) counters.request(uid);
    notebook.request();
    const held = {};
    const port = notebook.connect(() => {
      // The other end doesn't see how it ends: Traefik has gone, or the container has.
      usage.used(uid, 'end of a connection');
    });
    counters.opened(uid, held);
    tab.socket = { uid, notebook, port, held };
    usage.used(uid, 'page');
    tally.count('tab connected');
    return true;
  }

  /** The other end was its container's, or Traefik's. */
  #reconnect(tab: Tab, { uid, notebook, port, held }: NonNullable<Tab['socket']>): void {
    if (notebook.isConnected(port)) this.options.counters.closed(uid, held);
    notebook.disconnect(port);
    this.#connect(tab);
  }

  #isConnected({ uid, notebook, port }: NonNullable<Tab['socket']>): boolean {
    return notebook.isConnected(port) && this.options.usage.notebookOf(uid) === notebook;
  }

  #close(tab: Tab): void {
    tab.isOpen = false;
    this.#tabs = this.#tabs.filter((each) => each !== tab);
    const { socket } = tab;
    if (!socket?.notebook.isConnected(socket.port)) return;
    socket.notebook.disconnect(socket.port);
    this.options.counters.closed(socket.uid, socket.held);
    this.options.usage.used(socket.uid, 'end of a connection');
  }

  /** Each tab does what it does by itself; one that lost its websocket tries to get another. */
  #habits(): void {
    for (const tab of this.#tabs) {
      if (tab.socket && !this.#isConnected(tab.socket)) this.#reconnect(tab, tab.socket);
      if (tab.habit !== 'silent') void this.background(tab.person, tab.habit === 'saves' ? 'PUT' : 'GET').catch(() => undefined);
    }
  }
}
