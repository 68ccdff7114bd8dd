import type { Session } from '@mooring/resources';
import type { FastifySchemaCompiler } from 'fastify';
import { z } from 'zod';
import { mayUse, noteListing } from '../../api/access.js';
import { validatorCompiler } from '../../api/bad-input.js';
import type { ApiScope } from '../../api/context.js';
import { answer, CHANGES, problems, SIGNED_IN } from '../../api/problems.js';
import { byRequest } from '../../sessions/asked-by.js';
import type { ContainersContext } from '../context.js';
import { CONTAINER_LABEL, containerIdSchema, idOf } from '../names.js';
import { createContainer } from './create.js';
import { describedSchema } from './create-body.js';
import { findContainer } from './find.js';
import { readForm, readJson } from './multipart.js';
import { containerSchema, viewOf } from './view.js';

export const tags = ['containers'];
export const idParams = z.strictObject({ id: containerIdSchema });

/** Base64 takes a third more; the rest of the body is small. */
const bodyLimit = (scriptBytes: number): number => Math.ceil(scriptBytes * 1.4) + 128 * 1024;

/** A form is read part by part, after what else there is of the request was checked; JSON is then checked by the same schema. */
const bodyLater: FastifySchemaCompiler<z.ZodType> = (route) =>
  route.httpPart === 'body' ? (value: unknown) => ({ value }) : validatorCompiler(route);

function addCreate(scope: ApiScope, context: ContainersContext): void {
  const schema = {
    operationId: 'createContainer',
    tags,
    summary: 'Creates a container that runs a script.',
    description:
      'The body is JSON, or a multipart form with the script as the file `script`. What is answered is recorded; the container starts as soon as it can.',
    body: describedSchema,
    response: { 201: answer('It was recorded.', containerSchema), ...problems(...CHANGES) },
  };
  const { scriptBytes } = context.options.limits;
  scope.post(
    '/container/',
    { schema, bodyLimit: bodyLimit(scriptBytes), validatorCompiler: bodyLater as never },
    async (request, reply) => {
      const session = await createContainer(request, request.isMultipart() ? await readForm(request) : readJson(request.body), context);
      return reply
        .code(201)
        .header('Location', `/v1/container/${idOf(session)}/`)
        .send(viewOf(session, context.waits));
    },
  );
}

function addList(scope: ApiScope, { front, audit, waits }: ContainersContext): void {
  const schema = {
    operationId: 'listContainers',
    tags,
    summary: 'Your containers, the newest first; administrators see everybody’s.',
    response: { 200: answer('All of them.', z.array(containerSchema)), ...problems(...SIGNED_IN) },
  };
  const newest = (a: Session, b: Session): number => Date.parse(b.metadata.creationTimestamp) - Date.parse(a.metadata.creationTimestamp);
  scope.get('/container/', { schema }, async (request) => {
    noteListing(request, audit);
    return front.sessions
      .labelled(CONTAINER_LABEL)
      .filter((session) => mayUse(request.access, session))
      .sort(newest)
      .map((session) => viewOf(session, waits));
  });
}

function addGet(scope: ApiScope, context: ContainersContext): void {
  const schema = {
    operationId: 'getContainer',
    tags,
    summary: 'What a container is, and how far it is.',
    params: idParams,
    response: { 200: answer('The container.', containerSchema), ...problems(...SIGNED_IN, 404) },
  };
  scope.get('/container/:id/', { schema }, async (request) =>
    viewOf(await findContainer(request, request.params.id, context), context.waits),
  );
}

function addDelete(scope: ApiScope, context: ContainersContext): void {
  const schema = {
    operationId: 'deleteContainer',
    tags,
    summary: 'Deletes a container with all its files. It is recorded when it is answered, and goes as soon as it can.',
    params: idParams,
    response: { 202: answer('It is going.', containerSchema), ...problems(...CHANGES, 404) },
  };
  scope.delete('/container/:id/', { schema }, async (request, reply) => {
    const session = await findContainer(request, request.params.id, context);
    const { name, uid } = session.metadata;
    const { user } = request.access;
    const whose = session.spec.owner.name;
    if (whose !== user) context.audit(request, { action: 'container.delete', who: user, whose, session: name, outcome: 'done' });
    await context.front.store.delete('Session', name, { uid, annotations: byRequest(request.id) });
    return reply.code(202).send(viewOf((await context.front.store.get('Session', name)) ?? session, context.waits));
  });
}

export function addContainers(scope: ApiScope, context: ContainersContext): void {
  addCreate(scope, context);
  addList(scope, context);
  addGet(scope, context);
  addDelete(scope, context);
}
