import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { gzipSync } from 'node:zlib';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { acceptsType } from '../http/accept.js';
import { notFound } from '../http/errors.js';

interface Asset {
  type: string;
  body: Buffer;
  etag: string;
}

const SCRIPTS = ['announce.js', 'decide.js', 'duration.js', 'follow.js', 'page.js', 'paint.js', 'retry.js'] as const;
export type ScriptFile = (typeof SCRIPTS)[number];
type DashboardFile = `dashboard/${string}.js`;
type File = ScriptFile | DashboardFile | 'page.css' | 'dashboard.css' | 'uplot.js' | 'icon.svg';

const CSS = 'text/css; charset=utf-8';
const SCRIPT = 'text/javascript; charset=utf-8';

const hash = (...parts: (Buffer | string)[]) =>
  parts
    .reduce((sum, part) => sum.update(part), createHash('sha256'))
    .digest('base64url')
    .slice(0, 20);

/** The folder is beside both src and dist. */
const place = (path: string): URL => new URL(`../../assets/${path}`, import.meta.url);
const own = (path: string): Buffer => readFileSync(place(path));
const require = createRequire(import.meta.url);

/** Those in a folder, so that none is forgotten; in an order that is the same everywhere. */
const namesIn = (folder: string, ending: string): string[] =>
  readdirSync(place(folder))
    .filter((name) => name.endsWith(ending))
    .sort();

/** What the stylesheet of all pages consists of, in this order, and what the dashboard has on top. */
const PAGE_STYLES = ['page.css', 'steps.css', 'berth.css', 'harbour.css', 'motion.css'].map((name) => `styles/${name}`);
const DASHBOARD_STYLES = namesIn('styles/dashboard', '.css').map((name) => `styles/dashboard/${name}`);

/** The dashboard's own modules. */
export const DASHBOARD_SCRIPTS = namesIn('dashboard', '.js').map((name) => `dashboard/${name}` as DashboardFile);

const CONTENTS: readonly (readonly [File, string, Buffer])[] = [
  ['page.css', CSS, Buffer.concat(PAGE_STYLES.map(own))],
  ['dashboard.css', CSS, Buffer.concat([readFileSync(require.resolve('uplot/dist/uPlot.min.css')), ...DASHBOARD_STYLES.map(own)])],
  ['icon.svg', 'image/svg+xml', own('icon.svg')],
  ['uplot.js', SCRIPT, readFileSync(require.resolve('uplot/dist/uPlot.esm.js'))],
  ...[...SCRIPTS, ...DASHBOARD_SCRIPTS].map((file) => [file, SCRIPT, own(file)] as const),
];

const ASSETS = new Map<string, Asset>(CONTENTS.map(([file, type, body]) => [file, { type, body, etag: `"${hash(body)}"` }]));
/** Changes with every file, so that what has it in its address may be kept forever. */
const VERSION = hash(...[...ASSETS.values()].map(({ etag }) => etag));
const ZIPPED = new Map<string, Buffer>();

export function assetUrl(file: File): string {
  return `/narrative_session/-/assets/${VERSION}/${file}`;
}

/** Made when it is first asked for. */
function zipped(file: string, body: Buffer): Buffer {
  const known = ZIPPED.get(file) ?? gzipSync(body);
  ZIPPED.set(file, known);
  return known;
}

type Named = FastifyRequest<{ Params: { version: string; '*': string } }>;

/** What the pages need, from memory. `-` is no name of a session. */
export function addAssetRoutes(scope: FastifyInstance): void {
  scope.get('/narrative_session/-/assets/:version/*', { config: { door: 'assets', unlimited: true } }, async (request: Named, reply) => {
    const { version, '*': file } = request.params;
    const asset = ASSETS.get(file);
    if (asset === undefined) throw notFound();
    reply.headers({
      ETag: asset.etag,
      'Cache-Control': version === VERSION ? 'public, max-age=31536000, immutable' : 'no-cache',
      Vary: 'Accept-Encoding',
    });
    if (request.headers['if-none-match'] === asset.etag) return reply.code(304).send();
    reply.type(asset.type);
    if (!acceptsType(request.headers['accept-encoding'], 'gzip')) return reply.send(asset.body);
    return reply.header('Content-Encoding', 'gzip').send(zipped(file, asset.body));
  });
}
