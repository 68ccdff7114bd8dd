import fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';
import { refusalOf } from '../guard.js';
import type { Store } from '../store/store.js';
import { buildDocument, type Json, lookUp } from './document.js';
import { toText } from './text.js';
import { MetadataVersion } from './version.js';

const VERSIONS: readonly string[] = ['2015-07-25', '2015-12-19', '2016-07-29', 'latest'];
/** The names under which containers know it; clients behind a proxy keep them in the Host header. */
const RANCHER_NAMES: readonly string[] = ['rancher-metadata', 'rancher-metadata.rancher.internal'];
const DEFAULT_WAIT_S = 10;
const MAX_WAIT_S = 300;

interface MetadataServerOptions {
  store: Store;
  selfStack: string;
}

interface Query {
  wait?: string;
  value?: string;
  maxWait?: string;
}

const send = (request: FastifyRequest, reply: FastifyReply, value: Json): FastifyReply => {
  const wantsJson = (request.headers.accept ?? '').includes('application/json');
  return wantsJson ? reply.type('application/json').send(JSON.stringify(value)) : reply.type('text/plain').send(toText(value));
};

const missing = (request: FastifyRequest, reply: FastifyReply): FastifyReply => {
  const body = (request.headers.accept ?? '').includes('application/json')
    ? '{"message":"Not found","code":404,"type":"error"}'
    : 'Not found';
  return reply
    .code(404)
    .type(body.startsWith('{') ? 'application/json' : 'text/plain')
    .send(body);
};

const waitMsOf = ({ maxWait }: Query): number => Math.min(MAX_WAIT_S, Math.max(0, Number(maxWait) || DEFAULT_WAIT_S)) * 1000;

const originless = (url: string): string => url.replace(/^https?:\/\/[^/]+/i, '') || '/';

const segmentsOf = (path: string): string[] | undefined => {
  try {
    return path
      .split('/')
      .filter((segment) => segment !== '')
      .map(decodeURIComponent);
  } catch {
    return undefined;
  }
};

/** Rancher's metadata service; the caller listens. */
export const buildMetadataServer = ({ store, selfStack }: MetadataServerOptions): FastifyInstance => {
  const version = new MetadataVersion(store);
  let latest = { version: '', document: {} as Json };
  const documentNow = (): Json => {
    if (latest.version !== version.value)
      latest = { version: version.value, document: buildDocument(store, version.value, { stack: selfStack }) };
    return latest.document;
  };
  // A client that was told of it as its proxy sends the whole address.
  const app = fastify({ forceCloseConnections: true, rewriteUrl: (request) => originless(request.url ?? '/') });
  app.addHook('onRequest', async (request, reply) => {
    const refusal = refusalOf(request.headers, RANCHER_NAMES);
    if (refusal !== undefined) return reply.code(403).type('text/plain').send(refusal);
  });
  app.addHook('preClose', async () => version.close());
  app.get('/', (request, reply) =>
    send(
      request,
      reply,
      VERSIONS.map((name) => `${name}/`),
    ),
  );
  app.get<{ Querystring: Query; Params: { '*': string } }>('/*', async (request, reply) => {
    const [api = '', ...path] = segmentsOf(request.params['*']) ?? [];
    if (!VERSIONS.includes(api)) return missing(request, reply);
    if (request.query.wait === 'true') {
      const gone = new AbortController();
      reply.raw.once('close', () => gone.abort());
      await version.changedFrom(request.query.value ?? version.value, waitMsOf(request.query), gone.signal);
    }
    const found = lookUp(documentNow(), path);
    return found ? send(request, reply, found.value) : missing(request, reply);
  });
  return app;
};
