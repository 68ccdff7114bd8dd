import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { notFound } from '../http/errors.js';

interface Asset {
  type: string;
  body: Buffer;
  etag: string;
}

const SCRIPTS = ['announce.js', 'decide.js', 'duration.js', 'follow.js', 'page.js', 'paint.js', 'retry.js'] as const;
export type ScriptFile = (typeof SCRIPTS)[number];
type File = ScriptFile | 'page.css' | 'icon.svg';

const FILES: readonly (readonly [File, string])[] = [
  ['page.css', 'text/css; charset=utf-8'],
  ['icon.svg', 'image/svg+xml'],
  ...SCRIPTS.map((file) => [file, 'text/javascript; charset=utf-8'] as const),
];

const hash = (...parts: (Buffer | string)[]) =>
  parts
    .reduce((sum, part) => sum.update(part), createHash('sha256'))
    .digest('base64url')
    .slice(0, 20);

/** What the one stylesheet consists of, in this order. */
const STYLES = ['page.css', 'steps.css', 'berth.css', 'harbour.css', 'motion.css'];

/** The folder is beside both src and dist. */
const readFile = (path: string): Buffer => readFileSync(new URL(`../../assets/${path}`, import.meta.url));

function readAsset(file: File, type: string): [string, Asset] {
  const body = file === 'page.css' ? Buffer.concat(STYLES.map((name) => readFile(`styles/${name}`))) : readFile(file);
  return [file, { type, body, etag: `"${hash(body)}"` }];
}

const ASSETS = new Map(FILES.map(([file, type]) => readAsset(file, type)));
/** Changes with every file, so that what has it in its address may be kept forever. */
const VERSION = hash(...[...ASSETS.values()].map(({ etag }) => etag));

export function assetUrl(file: File): string {
  return `/narrative_session/-/assets/${VERSION}/${file}`;
}

type Named = FastifyRequest<{ Params: { version: string; file: string } }>;

/** What the pages need, from memory. `-` is no name of a session. */
export function addAssetRoutes(scope: FastifyInstance): void {
  scope.get(
    '/narrative_session/-/assets/:version/:file',
    { config: { door: 'assets', unlimited: true } },
    async (request: Named, reply) => {
      const asset = ASSETS.get(request.params.file);
      if (asset === undefined) throw notFound();
      reply.headers({
        ETag: asset.etag,
        'Cache-Control': request.params.version === VERSION ? 'public, max-age=31536000, immutable' : 'no-cache',
      });
      if (request.headers['if-none-match'] === asset.etag) return reply.code(304).send();
      return reply.type(asset.type).send(asset.body);
    },
  );
}
