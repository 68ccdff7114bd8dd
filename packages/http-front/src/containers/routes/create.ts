import { randomUUID } from 'node:crypto';
import type { Session } from '@mooring/resources';
import type { FastifyRequest } from 'fastify';
import { Problem } from '../../http/problem.js';
import { askedBy } from '../../sessions/asked-by.js';
import type { ContainersContext } from '../context.js';
import { draftOf } from '../jobs/draft.js';
import { aboutOf, CONTAINER_LABEL } from '../names.js';
import { cycleOf, neededBy } from '../templates.js';
import type { CreateBody } from './create-body.js';

const badInput = (field: string, message: string): Problem =>
  new Problem({
    status: 400,
    code: 'bad-input',
    title: 'Bad Request',
    detail: `The body of the request is not valid: ${field} ${message}.`,
    errors: [{ field, message }],
  });

function conflict(code: string, detail: string): Problem {
  return new Problem({ status: 409, code, title: 'Conflict', detail });
}

function checkScript(body: CreateBody, script: Buffer | undefined, maxBytes: number): void {
  if ((script === undefined) === (body.scripturl === undefined)) throw badInput('script', 'or scripturl must be given, one of the two');
  if (script?.length === 0) throw badInput('script', 'must not be empty');
  if (script !== undefined && script.length > maxBytes)
    throw new Problem({
      status: 413,
      code: 'script-too-large',
      title: 'Payload Too Large',
      detail: `The script has ${script.length} bytes; ${maxBytes} are taken. Put it at a scripturl, or let a short one fetch the rest as data.`,
    });
}

/** What can be told at once of an address; the rest is told when it is fetched. */
function checkAddress(field: 'scripturl' | 'dataurl', { guard }: ContainersContext, address: string | undefined): void {
  if (address === undefined) return;
  try {
    guard.check(new URL(address));
  } catch (error) {
    const { message } = error as Error;
    throw new Problem({
      status: 403,
      code: 'address-refused',
      title: 'Forbidden',
      detail: `${field}: ${message}`,
      errors: [{ field, message }],
    });
  }
}

function ownContainers(user: string, { front }: ContainersContext): Session[] {
  return front.sessions
    .labelled(CONTAINER_LABEL)
    .filter(({ metadata, spec }) => spec.owner.name === user && metadata.deletionTimestamp === undefined);
}

/** A name is taken while a container of the same owner has it; what it would wait for must not wait for it. */
function checkName(body: CreateBody, user: string, context: ContainersContext): void {
  const own = ownContainers(user, context);
  const named = (name: string) => own.find(({ metadata }) => metadata.labels[CONTAINER_LABEL] === name);
  if (body.name === undefined) return;
  if (named(body.name))
    throw conflict('name-taken', `You have a container ${JSON.stringify(body.name)} already. Delete it, or choose another name.`);
  const cycle = cycleOf(body.name, neededBy(body.env), (name) => {
    const session = named(name);
    return session ? aboutOf(session).needs : [];
  });
  if (cycle) throw conflict('cycle', `Its environment would wait for itself: ${cycle.join(' -> ')}. Take one of these references out.`);
}

/**
 * Records a container, its script first; the container is there as soon as it can. What is answered is on disk.
 *
 * @throws a Problem: 400, 403, 409, 413
 */
export async function createContainer(
  request: FastifyRequest,
  { body, script }: { body: CreateBody; script: Buffer | undefined },
  context: ContainersContext,
): Promise<Session> {
  const { options, jobs, front } = context;
  const { user } = request.access;
  checkScript(body, script, options.limits.scriptBytes);
  checkAddress('scripturl', context, body.scripturl);
  checkAddress('dataurl', context, body.dataurl);
  checkName(body, user, context);
  const uid = randomUUID();
  const id = uid.replaceAll('-', '');
  const { scripturl, dataurl, datapath } = body;
  const job = { ...(scripturl && { scripturl }), ...(dataurl && { dataurl }), ...(datapath && { datapath }) };
  await jobs.save(id, job, script);
  try {
    return await front.store.create(
      'Session',
      askedBy(draftOf(body, { id, owner: user, ip: request.ip, capDrop: options.capDrop, env: options.env ?? {} }), request.id),
      { uid },
    );
  } catch (error) {
    await jobs.remove(id);
    throw error;
  }
}
