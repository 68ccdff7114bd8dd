import { type CacheEvent, getCondition, POOL_LABEL, type Session, type Store } from '@mooring/resources';
import type { Verdict } from '../rules/broken.js';
import type { Life } from '../world/life.js';
import type { Tally } from '../world/tally.js';
import type { IdleSettings } from './settings.js';
import type { Usage } from './usage.js';

export interface EndsOptions {
  settings: IdleSettings;
  usage: Usage;
  verdict: Verdict;
  tally: Tally;
  /** The store itself, which outlives processes. */
  store: () => Store | undefined;
  /** When the session's route was last seen to go at Traefik, in ms after the start of all. */
  routeGoneAt: (uid: string) => number;
  /** When somebody who can tell that nobody is there last answered about the session's container. */
  answeredAt: (session: Session) => number;
  /** Told of each session that Mooring has ended. */
  onEnd: (session: Session) => void;
}

interface About {
  session: Session;
  usedBy: string | undefined;
  /** Every source that can say quiet was heard after the route was gone. */
  wasAskedLast: boolean;
  life: Life;
  action: 'Stop' | 'Delete';
}

/** An Event is written right after the end that it tells of. */
const EVENT_WITHIN_MS = 5000;

/** What Mooring ends by itself, judged at the moment when it writes it down. */
export class Ends {
  readonly #about = new Map<string, About>();

  constructor(private readonly options: EndsOptions) {}

  /** Mooring is writing that a session ends. Answers what to do where the write fails. */
  begin(session: Session, action: About['action'], life: Life): () => void {
    const { uid, labels } = session.metadata;
    if (labels[POOL_LABEL] !== undefined) return () => undefined;
    const { usage, routeGoneAt, answeredAt } = this.options;
    const wasAskedLast = answeredAt(session) >= routeGoneAt(uid);
    const about = { session, action, life, wasAskedLast, usedBy: usage.of(uid) };
    this.#about.set(uid, about);
    return () => {
      if (this.#about.get(uid) === about) this.#about.delete(uid);
    };
  }

  /** To be told of each change of a record. */
  readonly recorded = ({ type, object }: CacheEvent<'Session'>): void => {
    const { uid, deletionTimestamp } = object.metadata;
    const about = this.#about.get(uid);
    const isOver = type === 'DELETED' || deletionTimestamp !== undefined || !object.spec.running;
    if (!about || !isOver) return;
    this.#about.delete(uid);
    this.#judge(about);
    this.options.onEnd(object);
  };

  #judge(about: About): void {
    const { session, usedBy, wasAskedLast, action } = about;
    const { verdict, tally, usage } = this.options;
    const { name, uid } = session.metadata;
    const kind = kindOf(session, this.options.settings);
    tally.count(kind === 'idle' ? `idle ${action}` : `ended: ${kind}`);
    const { container } = session.status;
    // What somebody copied by hand may run on: whoever was told of the session was told of its own container.
    const isOver = kind === 'container ended' && container !== undefined && !usage.byId(container.id);
    // Who asked for a session that has no service yet is led to what they had, once that is found again.
    const hasNothing = kind === 'in the way' && session.status.service === undefined;
    if (usedBy !== undefined && kind !== 'nobody can tell' && !isOver && !hasNothing) {
      verdict.fail('nobody in it is ended', `${action} of ${name} (${uid}), though ${usedBy}`);
    }
    if (!wasAskedLast && kind === 'idle') {
      verdict.fail('one last question', `${action} of ${name} (${uid}), of which nobody was asked after its route had gone`);
    }
    // A record that is in the way of what is found again goes for another reason.
    if (kind !== 'in the way') setTimeout(() => void this.#isTold(about, kind === 'container ended'), EVENT_WITHIN_MS);
  }

  /** Every decision that stops something says why. */
  async #isTold({ session, life, action }: About, hasEnded: boolean): Promise<void> {
    const store = this.options.store();
    if (!life.isAlive || !store) return;
    const { items } = await store.list('Event');
    const reason = action === 'Stop' ? 'Stopped' : 'Deleted';
    const told = items.some(
      ({ spec }) =>
        spec.regarding.uid === session.metadata.uid && spec.reason === reason && (hasEnded || Object.keys(spec.readings).length > 0),
    );
    if (told) return;
    this.options.verdict.fail('every end says why', `${session.metadata.name} was ended and no Event names the readings`);
  }
}

type EndKind = 'idle' | 'nobody can tell' | 'container ended' | 'in the way';

/** Why it was ended, by its record. */
function kindOf({ status: { conditions } }: Session, { policy }: IdleSettings): EndKind {
  // One that was marked may end by itself before its time has come.
  if (getCondition(conditions, 'ContainerRunning')?.reason === 'Ended') return 'container ended';
  const marked = getCondition(conditions, 'Marked');
  if (marked?.status !== 'True') return 'in the way';
  return marked.reason === 'NobodyCanTell' && policy.maxUnknownSeconds !== undefined ? 'nobody can tell' : 'idle';
}
