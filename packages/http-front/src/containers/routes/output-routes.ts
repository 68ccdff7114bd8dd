import { type Readable, Transform } from 'node:stream';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import type { ApiScope } from '../../api/context.js';
import { answer, problems, SIGNED_IN } from '../../api/problems.js';
import type { ViewContext } from '../context.js';
import { asking } from '../ports/problems.js';
import { idParams, tags } from './container-routes.js';
import { exactly } from './exactly.js';
import { findContainer, startedId } from './find.js';
import { signalOf } from './gone.js';
import { outputEvents, positionOf } from './output-events.js';
import { asksForRange, lengthOf, type Range, rangeOf, sayRange } from './range.js';
import { onceStarted } from './started.js';

const querySchema = z.strictObject({
  follow: z.enum(['true', 'false']).default('false').describe('true: goes on until the container has ended.'),
});

/** The bytes of a stream from one position to another, both inclusive. */
function part(source: Readable, { start, end }: Range): Readable {
  let at = 0;
  const cut = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      const from = Math.max(0, start - at);
      const to = Math.min(chunk.length, end + 1 - at);
      at += chunk.length;
      done(null, from < to ? chunk.subarray(from, to) : undefined);
      if (at > end) source.destroy();
    },
  });
  source.once('close', () => cut.end());
  source.once('error', (error) => cut.destroy(error));
  cut.once('close', () => source.destroy());
  source.pipe(cut, { end: false });
  return cut;
}

async function sizeOf(source: Readable): Promise<number> {
  let size = 0;
  for await (const chunk of source) size += (chunk as Buffer).length;
  return size;
}

const EVENTS = 'text/event-stream';
const takesEvents = ({ headers }: FastifyRequest): boolean => headers.accept?.includes(EVENTS) === true;

function sendEvents({ headers }: FastifyRequest, reply: FastifyReply, output: Readable): FastifyReply {
  // Something between us may hold back what it could pass on.
  reply.removeHeader('Accept-Ranges').header('X-Accel-Buffering', 'no').type(`${EVENTS}; charset=utf-8`);
  return reply.send(outputEvents(output, positionOf(headers['last-event-id'])));
}

/** What somebody's work prints is shown as text, whatever it is. */
export function addOutput(scope: ApiScope, context: ViewContext): void {
  const { files } = context.options;
  const schema = {
    operationId: 'readContainerOutput',
    tags,
    summary: 'What it wrote on stdout and stderr.',
    description:
      'A `Range` of bytes is answered by 206; with `follow=true` the whole is told, and what comes until the container has ended; its start is waited for, half a minute at most. With `Accept: text/event-stream` it is then told as server-sent events, one a line, and `end`.',
    params: idParams,
    querystring: querySchema,
    response: {
      200: { description: 'As it was written.', content: { 'text/plain': { schema: z.any() }, [EVENTS]: { schema: z.any() } } },
      206: answer('The range.', z.any(), 'text/plain'),
      ...problems(...SIGNED_IN, 404, 409, 416),
    },
  };
  scope.get('/container/:id/stdout', { schema }, async (request, reply) => {
    const session = await findContainer(request, request.params.id, context);
    const follow = request.query.follow === 'true';
    reply.type('text/plain; charset=utf-8').header('Accept-Ranges', 'bytes');
    const open = (id: string) => asking(files.logs(id, { follow, signal: context.stopping }));
    if (follow) {
      const output = await onceStarted(session, open, { context, signal: signalOf(reply, context.stopping) });
      return takesEvents(request) ? sendEvents(request, reply, output) : reply.send(output);
    }
    const id = startedId(session);
    if (!asksForRange(request)) return reply.send(await open(id));
    const size = await sizeOf(await open(id));
    const range = rangeOf(request.headers.range, size);
    const source = await open(id);
    if (range === undefined) return reply.send(source);
    sayRange(reply, range, size);
    return reply.send(exactly(part(source, range), lengthOf(range)));
  });
}
