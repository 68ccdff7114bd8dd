import {
  AlreadyExistsError,
  ConflictError,
  IMPORTED_OWNER,
  ImageUnknownError,
  instantiate,
  NotFoundError,
  newSecret,
  SERVICE_FINALIZER,
  type Session,
} from '@mooring/resources';
import { Problem } from '../http/problem.js';
import type { FrontOptions } from '../options.js';
import { keptBy } from '../sessions/kept.js';
import type { RouteSecrets } from '../sessions/route-secrets.js';
import { isReady } from '../sessions/status.js';
import { claim } from './claim.js';
import { sessionNames } from './names.js';
import { type Wisher, wishAnnotations } from './wisher.js';

/** The session that a wish found or made, and the value of its cookie. */
export interface Berth {
  session: Session;
  secret: string;
}

type Deps = Pick<FrontOptions, 'store' | 'sessions' | 'templates' | 'settings' | 'uses' | 'now' | 'countClaim'> & {
  /** Saves asking the store for a secret that is known. */
  secrets?: Pick<RouteSecrets, 'ask' | 'peek'>;
};

/** Others write sessions too; after so many lost races in a row something is wrong. */
const ATTEMPTS = 5;

function later(code: string, detail: string, cause?: unknown): Problem {
  return new Problem({ status: 503, code, title: 'Service Unavailable', detail, retryAfter: 2, cause });
}

function draftOf(name: string, wisher: Wisher, { templates, settings }: Pick<Deps, 'templates' | 'settings'>) {
  const template = templates.get(settings.templateName);
  if (template === undefined)
    throw later('no-template', `The template "${settings.templateName}" is not loaded yet. Try again in a moment.`);
  try {
    const draft = instantiate(template, { name, owner: wisher.user, annotations: wishAnnotations(wisher) });
    return { ...draft, metadata: { ...draft.metadata, finalizers: [SERVICE_FINALIZER] } };
  } catch (error) {
    if (error instanceof ImageUnknownError)
      throw later('version-unknown', 'The version of the notebook is not known yet. Try again in a moment.', error);
    throw error;
  }
}

/**
 * Claims a warm session or creates one.
 *
 * @throws AlreadyExistsError where the name is taken by now; a 503 Problem
 */
export async function createNew(name: string, wisher: Wisher, deps: Omit<Deps, 'uses' | 'now'>): Promise<Session> {
  const draft = draftOf(name, wisher, deps);
  const claimed = await claim(draft, wisher, deps);
  const session = claimed ?? (await deps.store.create('Session', draft, { secret: newSecret() }));
  deps.countClaim?.(claimed ? 'hit' : 'miss');
  return session;
}

/** The same, or the one that has the name already; undefined where that one went meanwhile. */
async function createOrRead(name: string, wisher: Wisher, deps: Deps): Promise<Session | undefined> {
  try {
    return await createNew(name, wisher, deps);
  } catch (error) {
    if (!(error instanceof AlreadyExistsError)) throw error;
    return deps.store.get('Session', name);
  }
}

/**
 * An imported session becomes the person's whose name narrative-traefiker gave it, cookie and container as they are; undefined where
 * somebody else wrote first.
 */
async function takeOver(session: Session, wisher: Wisher, { store }: Deps): Promise<Session | undefined> {
  const annotations = { ...session.metadata.annotations, ...wishAnnotations(wisher) };
  const theirs = { ...session, metadata: { ...session.metadata, annotations }, spec: { ...session.spec, owner: { name: wisher.user } } };
  return unlessRaced(() => store.update('Session', theirs));
}

/** undefined where somebody else wrote first or it is gone: read again. */
async function unlessRaced(write: () => Promise<Session>): Promise<Session | undefined> {
  try {
    return await write();
  } catch (error) {
    if (error instanceof ConflictError || error instanceof NotFoundError) return undefined;
    throw error;
  }
}

/** The person's session under the first name that isn't somebody else's. */
async function obtain(names: readonly string[], wisher: Wisher, deps: Deps): Promise<Session | undefined> {
  for (const name of names) {
    const session = await createOrRead(name, wisher, deps);
    if (session === undefined || session.spec.owner.name === wisher.user) return session;
    if (name === names[0] && session.spec.owner.name === IMPORTED_OWNER) return takeOver(session, wisher, deps);
  }
  throw new Problem({
    status: 409,
    code: 'names-taken',
    title: 'Conflict',
    detail: 'Every name that your session could have is taken by others. Tell the operators.',
  });
}

/** Undoes a mark, or wakes it, in one write; many who ask at once write once. undefined where somebody else wrote first. */
async function keep(session: Session, wisher: Wisher, { store, templates, now }: Deps): Promise<Session | undefined> {
  const kept = keptBy(session, templates.get(session.spec.templateRef?.name ?? ''), now());
  if (kept === undefined) return session;
  const annotations = { ...kept.metadata.annotations, ...wishAnnotations(wisher) };
  return unlessRaced(() => store.update('Session', { ...kept, metadata: { ...kept.metadata, annotations } }));
}

/** What the store has of a session that somebody else wrote; undefined where it is gone, or another's. */
async function readAgain({ metadata }: Session, wisher: Wisher, { store }: Deps): Promise<Session | undefined> {
  const session = await store.get('Session', metadata.name);
  return session?.spec.owner.name === wisher.user ? session : undefined;
}

/**
 * A session that is ready is answered from memory: it may have been deleted a moment ago, as it may be a moment later. All others are
 * believed to be there only where the store has their secret, or a wish could be lost with the session that it found.
 */
async function secretOf(session: Session, { store, secrets }: Deps): Promise<string | undefined> {
  const { uid } = session.metadata;
  const known = isReady(session) ? secrets?.peek(uid) : undefined;
  return known ?? (secrets === undefined ? store.secret(uid) : secrets.ask(uid));
}

/**
 * Records that a person wants their session: creates it, keeps it, wakes it, or finds it as it is (being deleted, too). What it answers is
 * on disk.
 */
export async function recordWish(wisher: Wisher, deps: Deps): Promise<Berth> {
  const names = sessionNames(deps.settings.containerName, wisher.user);
  let known = names.map((name) => deps.sessions.get(name)).find((session) => session?.spec.owner.name === wisher.user);
  for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
    const found = known ?? (await obtain(names, wisher, deps));
    known = undefined;
    if (found === undefined) continue;
    deps.uses.note(found.metadata.uid, deps.now());
    const session = await keep(found, wisher, deps);
    if (session === undefined) {
      known = await readAgain(found, wisher, deps);
      continue;
    }
    const secret = await secretOf(session, deps);
    if (secret !== undefined) return { session, secret };
  }
  throw later('session-changing', 'Your session is being changed by others at this moment, or its key is missing. Try again in a moment.');
}
