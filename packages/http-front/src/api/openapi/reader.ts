import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import type { FastifyInstance } from 'fastify';
import { acceptsType } from '../../http/accept.js';
import { COMMON_HEADERS } from '../../http/headers.js';
import { html } from '../../http/html.js';

const require = createRequire(import.meta.url);
const OPEN = { schema: { hide: true }, config: { open: true } };

interface File {
  name: string;
  type: string;
  path: () => string | URL;
}

const FILES: File[] = [
  {
    name: 'swagger-ui-bundle.js',
    type: 'text/javascript; charset=utf-8',
    path: () => require.resolve('swagger-ui-dist/swagger-ui-bundle.js'),
  },
  { name: 'swagger-ui.css', type: 'text/css; charset=utf-8', path: () => require.resolve('swagger-ui-dist/swagger-ui.css') },
  // The folder is beside both src and dist.
  { name: 'api-docs.js', type: 'text/javascript; charset=utf-8', path: () => new URL('../../../assets/api-docs.js', import.meta.url) },
];

interface Content {
  plain: Buffer;
  zipped: Buffer;
  etag: string;
}

async function read({ path }: File): Promise<Content> {
  const plain = await readFile(path());
  const etag = `"${createHash('sha256').update(plain).digest('base64url').slice(0, 20)}"`;
  return { plain, zipped: await promisify(gzip)(plain), etag };
}

/** From memory, once somebody has asked for it: few ever do. */
function addFile(scope: FastifyInstance, file: File): void {
  let content: Promise<Content> | undefined;
  scope.get(`/docs/${file.name}`, OPEN, async (request, reply) => {
    content ??= read(file);
    const { plain, zipped, etag } = await content;
    reply.headers({ ETag: etag, 'Cache-Control': 'no-cache', Vary: 'Accept-Encoding' });
    if (request.headers['if-none-match'] === etag) return reply.code(304).send();
    reply.type(file.type);
    if (!acceptsType(request.headers['accept-encoding'], 'gzip')) return reply.send(plain);
    return reply.header('Content-Encoding', 'gzip').send(zipped);
  });
}

/** Swagger UI draws some of its signs from data: URLs. Nothing else is let in beside what every page here may. */
const POLICY = (COMMON_HEADERS['Content-Security-Policy'] ?? '').replace("img-src 'self'", "img-src 'self' data:");

const page = (prefix: string) => html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>API · Mooring</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="${prefix}/docs/swagger-ui.css">
</head>
<body>
<main data-description="${prefix}/openapi.json"><div id="reader"></div></main>
<script src="${prefix}/docs/swagger-ui-bundle.js"></script>
<script src="${prefix}/docs/api-docs.js"></script>
</body>
</html>
`;

/** A page that shows the description and tries it out; its files come from here, and none of it is inline. */
export function addReader(scope: FastifyInstance): void {
  scope.get('/docs', OPEN, async (_request, reply) =>
    reply.header('Content-Security-Policy', POLICY).type('text/html; charset=utf-8').send(page(scope.prefix).text),
  );
  for (const file of FILES) addFile(scope, file);
}
