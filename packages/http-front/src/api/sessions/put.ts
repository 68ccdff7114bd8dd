import { AlreadyExistsError, type Session } from '@mooring/resources';
import type { FastifyRequest } from 'fastify';
import { sessionNames } from '../../narrative/names.js';
import { createNew } from '../../narrative/wish.js';
import { requireAll } from '../access.js';
import type { ApiContext } from '../context.js';
import type { SessionPut } from '../schemas/writes.js';
import { changing, conflict } from './conflict.js';

interface Put {
  request: FastifyRequest;
  name: string;
  owner: string;
  template: string | undefined;
  context: ApiContext;
}

/** @throws 403 where somebody may not name them */
function ownerOf(request: FastifyRequest, { spec }: SessionPut): string {
  const owner = spec.owner?.name ?? request.access.user;
  if (owner !== request.access.user) requireAll(request.access);
  return owner;
}

/** A person has one session, under the first of their names that is nobody else's. @throws 409 with that name */
async function checkName({ name, owner, context: { front } }: Put): Promise<void> {
  const names = sessionNames(front.settings.containerName, owner);
  const held = await Promise.all(names.map((each) => front.store.get('Session', each)));
  const own = held.findIndex((session) => session?.spec.owner.name === owner);
  const wanted = names[own === -1 ? held.indexOf(undefined) : own];
  if (wanted === name) return;
  const cure = wanted === undefined ? 'Others have all names that it could have.' : `It is called ${wanted}.`;
  throw conflict('other-name', `The session of ${JSON.stringify(owner)} can't be called ${JSON.stringify(name)}. ${cure}`);
}

/** @throws 409 where it is another than is asked for */
function checkSame(session: Session, { owner, template, name }: Put): void {
  const { spec, metadata } = session;
  if (spec.owner.name !== owner) throw conflict('other-name', `The name ${JSON.stringify(name)} is taken. GET /api/v1/me tells yours.`);
  if (metadata.deletionTimestamp !== undefined)
    throw conflict('going', `The session ${name} is being deleted. Create it again once it is gone.`);
  if (template !== undefined && spec.templateRef?.name !== template)
    throw conflict(
      'other-template',
      `The session ${name} is of the template ${spec.templateRef?.name ?? 'of none'}. Delete it first to have another.`,
    );
}

/** @throws 409 where sessions aren't made of it */
function checkTemplate({ template, context: { front } }: Put): void {
  const { templateName } = front.settings;
  if (template !== undefined && template !== templateName)
    throw conflict(
      'other-template',
      `Sessions are made of the template ${templateName} here, not of ${JSON.stringify(template)}. Leave spec.templateRef out.`,
    );
}

async function create(put: Put): Promise<Session | undefined> {
  const { request, name, owner, context } = put;
  const { front } = context;
  try {
    const session = await createNew(name, { user: owner, ip: request.ip, requestId: request.id }, front);
    front.uses.note(session.metadata.uid, front.now());
    if (owner !== request.access.user)
      context.audit(request, { action: 'session.create', who: request.access.user, whose: owner, session: name, outcome: 'done' });
    return session;
  } catch (error) {
    if (error instanceof AlreadyExistsError) return undefined;
    throw error;
  }
}

/**
 * The person's session of this name: made where there is none (201), as it is where it is the same (200).
 *
 * @throws a Problem: 400, 403, 409, 503
 */
export async function putSession(
  request: FastifyRequest,
  { name, body, context }: { name: string; body: SessionPut; context: ApiContext },
): Promise<{ status: 200 | 201; session: Session }> {
  const put = { request, name, owner: ownerOf(request, body), template: body.spec.templateRef?.name, context };
  const existing = await context.front.store.get('Session', name);
  if (existing === undefined) {
    checkTemplate(put);
    await checkName(put);
    const session = await create(put);
    if (session !== undefined) return { status: 201, session };
  }
  const session = existing ?? (await context.front.store.get('Session', name));
  if (session === undefined) throw changing(`The session ${name}`);
  checkSame(session, put);
  return { status: 200, session };
}
