import { isNamedRoute, type Session } from '@mooring/resources';
import type { Body } from '../http/end-at-once.js';
import { escapeHtml } from '../http/html.js';
import { isLetGo } from '../sessions/kept.js';
import { isReady, type SessionView, viewOf } from '../sessions/status.js';
import { type Surroundings, waitingPage } from './waiting-page.js';

/** What differs between the pages of two ready sessions; each stands for itself in HTML and in a URL, as sessions' names do. */
const SLOTS = { name: 'SLOT-OF-THE-NAME', url: '/SLOT-OF-THE-PAGE', readyUrl: '/SLOT-OF-THE-READY-PAGE', now: 9_007_199_254_740_991 };
type Slot = keyof typeof SLOTS;

interface Pieces {
  /** Texts, each with the slot that comes after it; none comes after the last. */
  parts: readonly { text: string; slot: Slot | undefined }[];
  encoding: Body['encoding'];
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: it is about which characters are one byte in UTF-8
const ASCII = /^[\u0000-\u007f]*$/;

const EVERY_SLOT = new RegExp(`(${Object.values(SLOTS).join('|')})`);
const slotOf = (found: string | undefined): Slot | undefined =>
  (Object.keys(SLOTS) as Slot[]).find((slot) => String(SLOTS[slot]) === found);

function piecesOf(view: SessionView, surroundings: Surroundings): Pieces {
  const { name, url, ...slots } = SLOTS;
  const { text } = waitingPage({ ...view, name, url }, { ...surroundings, ...slots });
  const split = text.split(EVERY_SLOT);
  const parts = split.flatMap((part, index) => (index % 2 === 0 ? [{ text: part, slot: slotOf(split[index + 1]) }] : []));
  return { parts, encoding: ASCII.test(text) ? 'latin1' : 'utf8' };
}

/** Pages are kept for so many different ways in which starts usually go; each start that ends may change that. */
const KEPT = 16;

type Around = Omit<Surroundings, 'contact' | 'statusUrl' | 'retryUrl'>;

/** Whether a session's page is one of those: it is ready, nobody has let it go, and it is a notebook. */
export const isPlainlyReady = (session: Session): boolean => isReady(session) && !isLetGo(session) && !isNamedRoute(session.spec.route);

/**
 * The waiting page of sessions that are ready, made at a fraction of its cost: for all of them it is the same but for the name, the addresses
 * and the time, so it is made once with slots for those.
 */
export class ReadyPages {
  readonly #pieces = new Map<string, Pieces>();

  /** `contact`: the same for all pages of one door. */
  constructor(private readonly contact: string | undefined) {}

  /** What `waitingPage` says of a session that `isPlainlyReady`; `url`: the page that was asked for, in ASCII, as `readyUrl` is. */
  page(session: Session, url: string, around: Around): Body {
    const { name } = session.metadata;
    const { readyUrl, now } = around;
    const { parts, encoding } = this.#piecesFor(session, around);
    const shownUrl = escapeHtml(url);
    const filled = { name, url: shownUrl, readyUrl: readyUrl === url ? shownUrl : escapeHtml(readyUrl), now };
    let text = '';
    for (const { text: part, slot } of parts) text += slot === undefined ? part : part + filled[slot];
    return { text, encoding };
  }

  #piecesFor(session: Session, around: Around): Pieces {
    const { missedRoute, usual } = around;
    const key = usual === undefined ? `${missedRoute}` : `${missedRoute} ${usual.median} ${usual.ninetieth}`;
    const known = this.#pieces.get(key);
    if (known !== undefined) return known;
    if (this.#pieces.size >= KEPT) this.#pieces.clear();
    const pieces = piecesOf(viewOf(session), { ...around, contact: this.contact });
    this.#pieces.set(key, pieces);
    return pieces;
  }
}
