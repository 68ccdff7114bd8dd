import formbody from '@fastify/formbody';
import { ConflictError, NotFoundError, recordEvent, type Session, type SessionTemplate } from '@mooring/resources';
import type { FastifyInstance, FastifyReply } from 'fastify';
import { z } from 'zod';
import { wantsJson } from '../http/navigation.js';
import { checkOrigin } from '../http/origin.js';
import { localPath } from '../http/url.js';
import type { FrontOptions } from '../options.js';
import { askedBy } from './asked-by.js';
import { type Named, type OwnSessionOptions, ownSession } from './own-session.js';
import { retried } from './retried.js';
import { sendView } from './routes.js';
import { viewOf } from './status.js';
import { canBeUpdated, updateAsked } from './update-asked.js';
import { updatePage } from './update-page.js';

const HOME = '/narrative/';
/** Where to go afterwards; a body that is no form leads home. */
const fieldsSchema = z.looseObject({ next: z.string().optional().catch(undefined) }).catch({});

/** Others write sessions too; whoever lost so many races in a row finds that it is being tried anyway. */
const ATTEMPTS = 5;

export interface OwnWishOptions extends OwnSessionOptions {
  front: Pick<FrontOptions, 'sessions' | 'store' | 'templates' | 'now' | 'local'>;
}

/** What a wish makes of a session; undefined where there is nothing to write. */
type Wish = (session: Session, template: SessionTemplate | undefined, now: number) => Session | undefined;
type Front = OwnWishOptions['front'];
interface Asked {
  wish: Wish;
  requestId: string;
}

/** The session as it is now, and whether this wrote it; undefined where somebody else wrote first, or it is gone. */
async function write(session: Session, { wish, requestId }: Asked, { templates, store, now }: Front) {
  const wanted = wish(session, templates.get(session.spec.templateRef?.name ?? ''), now());
  if (wanted === undefined) return { after: session, wrote: false };
  try {
    return { after: await store.update('Session', askedBy(wanted, requestId)), wrote: true };
  } catch (error) {
    if (error instanceof ConflictError || error instanceof NotFoundError) return undefined;
    throw error;
  }
}

/** Records the wish; answers the session as it is then. */
async function record(session: Session, asked: Asked, front: Front): Promise<{ after: Session; wrote: boolean }> {
  let current: Session | undefined = session;
  for (let attempt = 0; attempt < ATTEMPTS && current?.metadata.uid === session.metadata.uid; attempt += 1) {
    const written = await write(current, asked, front);
    if (written !== undefined) return written;
    current = await front.store.get('Session', session.metadata.name);
  }
  return { after: current ?? session, wrote: false };
}

async function answer(request: Named, reply: FastifyReply, { wish, options }: { wish: Wish; options: OwnWishOptions }) {
  const { session, caller } = await ownSession(request, options);
  checkOrigin(request, { by: caller.by, local: options.front.local !== undefined });
  const { after, wrote } = await record(session, { wish, requestId: request.id }, options.front);
  if (wrote && wish === updateAsked) await tell(request, after, options.front);
  if (wantsJson(request.headers)) return sendView(reply, viewOf(after));
  return reply.redirect(localPath(fieldsSchema.parse(request.body ?? {}).next, HOME), 303);
}

/** What ends what runs is written down with who wanted it. */
async function tell(request: Named, session: Session, { store }: Front): Promise<void> {
  const note = `${session.spec.owner.name} asked for its update.`;
  await recordEvent(store, session, { reason: 'UpdateRequested', note, reportingController: 'front' }).catch((err: unknown) =>
    request.log.warn({ err, session: session.metadata.name }, 'what somebody did to a session could not be recorded'),
  );
}

async function showUpdate(request: Named, reply: FastifyReply, options: OwnWishOptions): Promise<FastifyReply> {
  const { session } = await ownSession(request, options);
  const template = options.front.templates.get(session.spec.templateRef?.name ?? '');
  const isOffered = canBeUpdated(session, template) && session.spec.update === undefined;
  return reply.type('text/html; charset=utf-8').send(updatePage(session, isOffered).text);
}

const CONFIG = { config: { door: 'sessions' } } as const;

/**
 * POST /narrative_session/<name>/retry: its owner wants a start that failed to be tried again, now; …/update: they want the new version of
 * its template. GET …/update is the page that asks for that.
 */
export function ownWishRoutes(options: OwnWishOptions) {
  return async (scope: FastifyInstance): Promise<void> => {
    await scope.register(formbody, { bodyLimit: 16 * 1024 });
    for (const [verb, wish] of Object.entries({ retry: retried, update: updateAsked })) {
      scope.post(`/narrative_session/:name/${verb}`, CONFIG, async (request: Named, reply) => answer(request, reply, { wish, options }));
    }
    scope.get('/narrative_session/:name/update', CONFIG, async (request: Named, reply) => showUpdate(request, reply, options));
  };
}
