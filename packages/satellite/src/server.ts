import type { IncomingMessage } from 'node:http';
import { type FastifyInstance, type FastifyReply, type FastifyRequest, fastify } from 'fastify';
import type { Logger } from 'pino';
import { z } from 'zod';
import { parseRange } from './archive/slice.js';
import { Verifier } from './auth/signature.js';
import { SatelliteError, STATUS } from './errors.js';
import type { Satellite } from './satellite.js';

export interface HostSatellite extends Satellite {
  /** Whether its Engine answers. */
  isReady(): Promise<boolean>;
}

export interface ServerOptions {
  satellite: HostSatellite;
  /** All that are taken now; the first signs. */
  secrets: () => readonly string[];
  /** Milliseconds since the epoch. */
  now: () => number;
  logger: Logger;
}

const paramsSchema = z.object({ uuid: z.string().regex(/^[A-Za-z0-9][A-Za-z0-9_.-]{0,127}$/) });
const pathSchema = z.object({ path: z.string() });
const archiveSchema = z.object({ path: z.string().default('/'), only: z.literal('changed').optional() });
const logsSchema = z.object({
  follow: z.enum(['true', 'false']).default('false'),
  tail: z.coerce.number().int().min(0).max(1_000_000).optional(),
});

/** @throws SatelliteError BadRequest */
function read<T>(schema: z.ZodType<T>, value: unknown): T {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw new SatelliteError('BadRequest', `${issue?.path.join('.')}: ${issue?.message}`);
}

const uuidOf = (request: FastifyRequest): string => read(paramsSchema, request.params).uuid;

/** Ends what is done for somebody who has gone. */
function signalOf({ raw }: FastifyReply): AbortSignal {
  const gone = new AbortController();
  raw.once('close', () => gone.abort());
  return gone.signal;
}

function refuse(error: unknown, reply: FastifyReply, logger: Logger): FastifyReply {
  const known = error instanceof SatelliteError;
  // Whoever has gone has broken it off.
  if (!known && !reply.raw.destroyed) logger.error({ err: error }, 'a request failed');
  const code = known ? error.code : 'Failed';
  const status = STATUS[code];
  const body = { type: 'about:blank', title: code, status, code, detail: known ? error.message : 'the satellite failed; its log says why' };
  return reply.code(status).type('application/problem+json').send(JSON.stringify(body));
}

function readRoutes(app: FastifyInstance, satellite: HostSatellite): void {
  app.get('/v1/containers/:uuid/state', (request) => satellite.state(uuidOf(request)));
  app.get('/v1/containers/:uuid/changes', async (request, reply) => ({
    changes: await satellite.changes(uuidOf(request), signalOf(reply)),
  }));
  app.get('/v1/containers/:uuid/usage', async (request) => ({ usage: await satellite.usage(uuidOf(request)) }));
  app.get('/v1/containers/:uuid/stat', (request) => satellite.stat(uuidOf(request), read(pathSchema, request.query).path));
}

async function sendFile(satellite: HostSatellite, request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
  const { path } = read(pathSchema, request.query);
  const uuid = uuidOf(request);
  const wanted =
    request.headers.range === undefined ? undefined : parseRange(request.headers.range, (await satellite.stat(uuid, path)).size);
  const { info, body, range } = await satellite.readFile(uuid, path, { signal: signalOf(reply), ...(wanted && { range: wanted }) });
  reply.type('application/octet-stream').header('mooring-file-info', Buffer.from(JSON.stringify(info)).toString('base64url'));
  if (range) reply.code(206).header('content-range', `bytes ${range.start}-${range.end}/${range.size}`);
  return reply.header('content-length', range ? range.end - range.start + 1 : info.size).send(body);
}

function streamRoutes(app: FastifyInstance, satellite: HostSatellite): void {
  app.get('/v1/containers/:uuid/file', (request, reply) => sendFile(satellite, request, reply));
  app.get('/v1/containers/:uuid/archive', async (request, reply) => {
    const { path, only } = read(archiveSchema, request.query);
    const tar = await satellite.readArchive(uuidOf(request), path, { signal: signalOf(reply), ...(only && { only }) });
    return reply.type('application/x-tar').send(tar);
  });
  app.put('/v1/containers/:uuid/archive', async (request, reply) => {
    const { path } = read(archiveSchema, request.query);
    const { sha256 } = request.mooring;
    const tar = { body: request.body as IncomingMessage, sha256, size: Number(request.headers['content-length'] ?? 0) };
    await satellite.writeArchive(uuidOf(request), path, tar, signalOf(reply));
    return reply.code(204).send();
  });
  app.get('/v1/containers/:uuid/logs', async (request, reply) => {
    const { follow, tail } = read(logsSchema, request.query);
    const options = { follow: follow === 'true', signal: signalOf(reply), ...(tail !== undefined && { tail }) };
    return reply.type('application/octet-stream').send(await satellite.logs(uuidOf(request), options));
  });
}

declare module 'fastify' {
  interface FastifyRequest {
    /** What the signature says. */
    mooring: { sha256: string };
  }
}

/** Serves a host's containers to whoever signs with one of the secrets. */
export function buildServer({ satellite, secrets, now, logger }: ServerOptions): FastifyInstance {
  const app = fastify({ logger: false, forceCloseConnections: true });
  const verifier = new Verifier(secrets, now);
  app.decorateRequest('mooring');
  app.addContentTypeParser('application/x-tar', (_request, payload, done) => done(null, payload));
  app.setErrorHandler((error, _request, reply) => refuse(error, reply, logger));
  app.setNotFoundHandler((_request, reply) => refuse(new SatelliteError('BadRequest', 'there is no such address'), reply, logger));
  app.get('/healthz', async (_request, reply) => {
    const ok = await satellite.isReady();
    return reply.code(ok ? 200 : 503).send({ ok });
  });
  app.addHook('onRequest', async (request) => {
    if (request.url === '/healthz') return;
    const { method, url: target, headers } = request;
    const verified = verifier.verify({ method, target, range: headers.range ?? '' }, headers.authorization);
    if (!verified) throw new SatelliteError('Unauthorized', 'Authorization: the signature is missing, wrong, too old, or was shown before');
    request.mooring = verified;
  });
  readRoutes(app, satellite);
  streamRoutes(app, satellite);
  return app;
}
