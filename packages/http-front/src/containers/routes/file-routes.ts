import type { FastifyReply, FastifyRequest } from 'fastify';
import mime from 'mime';
import { z } from 'zod';
import type { ApiScope } from '../../api/context.js';
import { answer, problems, SIGNED_IN } from '../../api/problems.js';
import { Problem } from '../../http/problem.js';
import type { ViewContext } from '../context.js';
import type { Change } from '../ports/container-files.js';
import { asking } from '../ports/problems.js';
import { idParams, tags } from './container-routes.js';
import { exactly } from './exactly.js';
import { findContainer, startedId } from './find.js';
import { asksForRange, lengthOf, rangeOf, sayRange } from './range.js';

/** Docker's numbers. */
const KINDS = { changed: 0, added: 1, deleted: 2 } as const;

const changesSchema = z.array(z.object({ Path: z.string(), Kind: z.int().describe('0: changed, 1: added, 2: deleted.') }));

const ANSWERS = { ...problems(...SIGNED_IN, 404, 409) };
const FILE = {
  200: answer('The file.', z.any(), 'application/octet-stream'),
  206: answer('The range.', z.any(), 'application/octet-stream'),
  ...problems(...SIGNED_IN, 404, 409, 416),
};

/** Nothing that somebody's work made is run as a page of ours. */
function asAttachment(reply: FastifyReply, name: string): void {
  reply
    .header('Content-Security-Policy', "default-src 'none'; sandbox")
    .header('Content-Disposition', `attachment; filename*=UTF-8''${encodeURIComponent(name).replaceAll("'", '%27')}`);
}

/** Without folders of which something else is told: a host may tell those, too. */
export function filesOf(changes: readonly Change[]): string[] {
  const folders = new Set(changes.map(({ path }) => path.slice(0, path.lastIndexOf('/'))));
  return changes.flatMap(({ path, kind }) => (kind === 'deleted' || folders.has(path) ? [] : [path]));
}

async function sendFile(request: FastifyRequest, reply: FastifyReply, wanted: { id: string; path: string; context: ViewContext }) {
  const { files } = wanted.context.options;
  const { id, path } = wanted;
  let { info, body } = await asking(files.readFile(id, path));
  const { size, mtime } = info;
  reply
    .header('Accept-Ranges', 'bytes')
    .header('Last-Modified', new Date(mtime).toUTCString())
    .type(mime.getType(path) ?? 'application/octet-stream');
  asAttachment(reply, path.split('/').at(-1) ?? 'file');
  if (!asksForRange(request)) return reply.header('Content-Length', size).send(exactly(body, size));
  body.destroy();
  const range = rangeOf(request.headers.range, size);
  ({ info, body } = await asking(files.readFile(id, path, range ? { range } : {})));
  if (range === undefined) return reply.header('Content-Length', info.size).send(exactly(body, info.size));
  sayRange(reply, range, size);
  return reply.send(exactly(body, lengthOf(range)));
}

function noSuchNumber(number: number, count: number): Problem {
  const detail = `There is no file ${number}: the container has ${count} files, counted from 0. GET …/file lists them.`;
  return new Problem({ status: 404, code: 'no-file', title: 'Not Found', detail });
}

function addLists(scope: ApiScope, context: ViewContext): void {
  const { files } = context.options;
  const changesIn = async (request: FastifyRequest, id: string) =>
    asking(files.changes(startedId(await findContainer(request, id, context))));
  const changes = {
    operationId: 'listContainerChanges',
    tags,
    summary: 'The files that its work has added, changed and deleted.',
    params: idParams,
    response: { 200: answer('By path.', changesSchema), ...ANSWERS },
  };
  scope.get('/container/:id/changes', { schema: changes }, async (request) =>
    (await changesIn(request, request.params.id)).map(({ path, kind }) => ({ Path: path, Kind: KINDS[kind] })),
  );
  const list = {
    operationId: 'listContainerFiles',
    tags,
    summary: 'The files that its work has added and changed.',
    params: idParams,
    response: { 200: answer('Their paths.', z.array(z.string())), ...ANSWERS },
  };
  scope.get('/container/:id/file', { schema: list }, async (request) => filesOf(await changesIn(request, request.params.id)));
}

function addFiles(scope: ApiScope, context: ViewContext): void {
  const { files } = context.options;
  const file = {
    operationId: 'getContainerFile',
    tags,
    summary: 'A file out of the container, or a range of it.',
    params: z.strictObject({ id: idParams.shape.id, '*': z.string().min(1).describe('Its path.') }),
    response: FILE,
  };
  scope.get('/container/:id/file/*', { schema: file }, async (request, reply) => {
    const id = startedId(await findContainer(request, request.params.id, context));
    return sendFile(request, reply, { id, path: `/${request.params['*']}`, context });
  });
  const byNumber = {
    operationId: 'getContainerFileByNumber',
    tags,
    summary: 'A file by its position in the list of files, from 0.',
    params: z.strictObject({ id: idParams.shape.id, number: z.coerce.number().int().min(0).max(1_000_000) }),
    response: FILE,
  };
  scope.get('/container/:id/filebynum/:number', { schema: byNumber }, async (request, reply) => {
    const { id: name, number } = request.params;
    const id = startedId(await findContainer(request, name, context));
    const paths = filesOf(await asking(files.changes(id)));
    const path = paths[number];
    if (path === undefined) throw noSuchNumber(number, paths.length);
    return sendFile(request, reply, { id, path, context });
  });
}

function addArchive(scope: ApiScope, context: ViewContext): void {
  const schema = {
    operationId: 'getContainerArchive',
    tags,
    summary: 'A tar of all files that its work has added and changed.',
    params: idParams,
    response: { 200: answer('A tar.', z.any(), 'application/x-tar'), ...ANSWERS },
  };
  scope.get('/container/:id/archive', { schema }, async (request, reply) => {
    const { id } = request.params;
    const tar = await asking(context.options.files.readArchive(startedId(await findContainer(request, id, context)), context.stopping));
    asAttachment(reply, `${id}.tar`);
    return reply.type('application/x-tar').send(tar);
  });
}

export function addContainerFiles(scope: ApiScope, context: ViewContext): void {
  addLists(scope, context);
  addFiles(scope, context);
  addArchive(scope, context);
}
