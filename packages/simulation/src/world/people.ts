import type { Verdict } from '../rules/broken.js';
import type { Process } from './running.js';

/** What somebody may rely on, as they were told. `either`: they asked, and nobody answered. */
type Wish = 'session' | 'none' | 'either';

export interface Person {
  user: string;
  wish: Wish;
  /** The session that they were given last, and its cookie. */
  uid?: string;
  secret?: string;
}

/** Everybody who uses the site. */
export class People {
  readonly all: Person[];
  /** How often anybody came. */
  navigations = 0;
  /** Whose each session is: nobody ever gets somebody else's. */
  readonly #owners = new Map<string, string>();

  constructor(
    count: number,
    private readonly verdict: Verdict,
    /** Whether a session waited in a pool when the store was lost, and Rancher doesn't say either that it is this person's. */
    private readonly wasUnclaimed: (uid: string, user: string) => boolean,
  ) {
    this.all = Array.from({ length: count }, (_, index) => ({ user: `person-${index}`, wish: 'none' as Wish }));
  }

  person(index: number): Person {
    return this.all[index % this.all.length] as Person;
  }

  /** They open the page. */
  async navigate(person: Person, process: Process | undefined): Promise<void> {
    if (!process?.life.isAlive) return;
    this.navigations += 1;
    person.wish = 'either';
    try {
      const { session, secret } = await process.wish(person.user);
      this.#given(person, session.metadata.uid, secret);
      if (session.spec.owner.name !== person.user)
        this.verdict.fail('nobody shares', `${person.user} got the session of ${session.spec.owner.name}`);
      person.wish = session.metadata.deletionTimestamp === undefined ? 'session' : 'either';
    } catch {
      // 503: try again in a moment. What they asked for is not promised.
    }
  }

  /** They shut it down. */
  async remove(person: Person, process: Process | undefined, hasUnrecorded: () => boolean): Promise<void> {
    const session = await this.#find(person, process);
    if (!process || !session) return;
    person.wish = 'either';
    await process.store.delete('Session', session.metadata.name, { uid: session.metadata.uid });
    // Another one of theirs, whose record was lost, may yet be found.
    person.wish = hasUnrecorded() ? 'either' : 'none';
  }

  /** It is stopped, and kept. */
  async stop(person: Person, process: Process | undefined): Promise<void> {
    const session = await this.#find(person, process);
    if (!process || !session || session.metadata.deletionTimestamp) return;
    await process.store.update('Session', { ...session, spec: { ...session.spec, running: false } }).catch(() => undefined);
  }

  /** The records are gone: what was promised is kept only as far as Rancher knows it. */
  storeLost(isAtRancher: (person: Person) => boolean): void {
    for (const person of this.all) if (person.wish !== 'session' || !isAtRancher(person)) person.wish = 'either';
  }

  async #find(person: Person, process: Process | undefined) {
    if (!process?.life.isAlive) return undefined;
    const { items } = await process.store.list('Session');
    return items.find(({ spec }) => spec.owner.name === person.user);
  }

  #given(person: Person, uid: string, secret: string): void {
    if (!this.#owners.has(uid) && this.wasUnclaimed(uid, person.user))
      this.verdict.fail("what was unclaimed in a lost store is nobody's", `${person.user} was given the session ${uid}`);
    const owner = this.#owners.get(uid) ?? person.user;
    this.#owners.set(uid, owner);
    if (owner !== person.user) this.verdict.fail('nobody shares', `${person.user} was given the session ${uid}, which is ${owner}'s`);
    person.uid = uid;
    person.secret = secret;
  }
}
