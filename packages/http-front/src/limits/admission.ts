import { type Draft, type Kind, type KindMap, POOL_LABEL, type Session, type Store } from '@mooring/resources';
import { Problem } from '../http/problem.js';
import type { FrontOptions } from '../options.js';
import type { CountRefusal } from './metrics.js';
import { Places, type SessionLimits, takesPlace } from './places.js';

/** Seconds after which a page tries again whether there is room: places come free by and by. */
const RETRY_AFTER = 60;

function tooMany(max: number): Problem {
  const ones = max === 1 ? 'a notebook that runs' : `${max} notebooks that run`;
  return new Problem({
    status: 403,
    code: 'too-many-sessions',
    title: 'Forbidden',
    detail: `You have ${ones}, and may have no more at a time. Stop one that you do not need, then open this again.`,
  });
}

function siteFull(): Problem {
  return new Problem({
    status: 503,
    code: 'site-full',
    title: 'Service Unavailable',
    detail:
      'As many notebooks run here at this moment as may. Those that run already are not affected. A place comes free when somebody stops theirs or leaves it; it is tried again in a minute.',
    retryAfter: RETRY_AFTER,
  });
}

type Writes = Pick<Store, 'create' | 'update' | 'rename'>;

/** What a write would make of a session. */
interface Wanted {
  name: string;
  owner: string;
}

/** A draft's defaults, running among them, are filled in by the store. */
function wantedBy({ metadata, spec }: Draft<'Session'>): Wanted | undefined {
  const takes = spec.running !== false && metadata.labels?.[POOL_LABEL] === undefined;
  return takes ? { name: metadata.name, owner: spec.owner.name } : undefined;
}

/** What isn't a person's has no share of a person's. */
const isNobodys = (owner: string): boolean => owner.startsWith('system:');

class Admission {
  constructor(
    private readonly places: Places,
    private readonly options: Pick<AdmittingOptions, 'limits' | 'refused' | 'sessions'>,
  ) {}

  /** Writes a session that takes a place then, if there is one: looking and holding it are one step, so whoever comes meanwhile sees it taken. */
  async write(wanted: Wanted | undefined, write: () => Promise<Session>): Promise<Session> {
    if (wanted === undefined) return write();
    this.#check(wanted);
    this.places.hold(wanted.name, wanted.owner);
    try {
      const session = await write();
      this.places.note(session);
      return session;
    } finally {
      this.places.release(wanted.name);
    }
  }

  /** @throws a Problem where it would be one too many */
  #check(wanted: Wanted): void {
    const { sessions, refused } = this.options;
    if (this.#reached(wanted) === undefined) return;
    this.places.forgetLost((uid, name) => sessions.get(name)?.metadata.uid === uid);
    const limit = this.#reached(wanted);
    if (limit === undefined) return;
    refused(limit);
    throw limit === 'sessions' ? siteFull() : tooMany(this.options.limits.perPerson ?? 0);
  }

  /** The limit that keeps it out; none does where it has its place already. */
  #reached({ name, owner }: Wanted): 'sessions' | 'sessions_per_person' | undefined {
    const { perPerson, inAll } = this.options.limits;
    const current = this.places.ownerOf(name);
    if (perPerson !== undefined && !isNobodys(owner) && current !== owner && this.places.takenBy(owner) >= perPerson)
      return 'sessions_per_person';
    return inAll !== undefined && current === undefined && this.places.taken >= inAll ? 'sessions' : undefined;
  }
}

export interface AdmittingOptions extends Pick<FrontOptions, 'store' | 'sessions' | 'now'> {
  limits: SessionLimits;
  refused: CountRefusal;
}

/** One count for each cache: what is held by one door's writes, the others see. */
const counts = new WeakMap<AdmittingOptions['sessions'], Places>();

function placesOf({ sessions, now }: AdmittingOptions): Places {
  const known = counts.get(sessions);
  if (known !== undefined) return known;
  const places = new Places(now);
  counts.set(sessions, places);
  sessions.subscribe(places.follow);
  for (const session of sessions.list()) places.note(session);
  return places;
}

/**
 * The store, but that it takes no session more than may run: whoever writes one that would be gets a Problem, and nothing is written. Every
 * door writes through it, so none can forget to ask.
 */
export function admittingStore(options: AdmittingOptions): Store {
  const { store, limits } = options;
  if (limits.perPerson === undefined && limits.inAll === undefined) return store;
  const admission = new Admission(placesOf(options), options);
  const isSession = (object: KindMap[Kind]): object is Session => object.kind === 'Session';
  const after = (session: Session, name: string): Wanted | undefined =>
    takesPlace(session) ? { name, owner: session.spec.owner.name } : undefined;
  // The casts: what a kind is decides what its object is, which TypeScript doesn't follow.
  const writes = {
    create: (kind: Kind, draft: Draft<Kind>, ...rest: []) =>
      kind === 'Session'
        ? admission.write(wantedBy(draft as Draft<'Session'>), () => store.create('Session', draft as Draft<'Session'>, ...rest))
        : store.create(kind, draft, ...rest),
    update: (kind: Kind, object: KindMap[Kind]) =>
      isSession(object)
        ? admission.write(after(object, object.metadata.name), () => store.update('Session', object))
        : store.update(kind, object),
    rename: (kind: Kind, object: KindMap[Kind], name: string) =>
      isSession(object)
        ? admission.write(after(object, name), () => store.rename('Session', object, name))
        : store.rename(kind, object, name),
  } as unknown as Writes;
  return overriding(store, writes);
}

function overriding(store: Store, writes: Writes): Store {
  return new Proxy(store, {
    get(target, key) {
      if (key in writes) return writes[key as keyof Writes];
      const value: unknown = Reflect.get(target, key);
      return typeof value === 'function' ? value.bind(target) : value;
    },
  });
}
