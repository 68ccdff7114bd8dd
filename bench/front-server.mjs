// Front and controller in one process, as `mooring serve` joins them, told what to do by its parent:
// node front-server.mjs <store> <rancher url> <auth2 url> <log file>
import { createRequire } from 'node:module';
import { startLoop } from './loop-parts.mjs';
import { STACK } from './loop-site.mjs';

const mooring = createRequire(new URL('../packages/mooring/package.json', import.meta.url));
const load = (name) => import(mooring.resolve(name));
const LOGGING = new URL('../packages/mooring/dist/logging.js', import.meta.url);
const [resources, { buildFront, createAuth2Provider }, { Registry }, { createLogger, logDestination }] = await Promise.all([
  ...['@mooring/resources', '@mooring/http-front', 'prom-client'].map(load),
  import(LOGGING),
]);
const [path, url, auth2, log] = process.argv.slice(2);
/** Requests are counted as a site counts them, and nobody is refused. */
const RATES = { person: 1e9, address: 1e9, signIn: 1e9 };
const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

const loop = await startLoop(path, url);
const templates = resources.openCache(loop.store, 'SessionTemplate');
await templates.ready();
loop.converge(await loop.stackOf(STACK));
const isReady = ({ status }) => status.phase === 'Ready';
while (!loop.controller.ready().ok || !loop.sessions.list().every(isReady) || !(await loop.isIdle())) await pause(20);

const identity = createAuth2Provider({ url: auth2 });
const app = await buildFront({
  store: loop.store,
  sessions: loop.sessions,
  templates,
  identity,
  settings: {
    sessionCookie: 'narrative_session',
    kbaseCookie: 'kbase_session',
    containerName: 'narrative-{}',
    templateName: 'narrative',
    statusRole: 'ADMIN',
    rates: RATES,
  },
  verify: { proof: resources.createProbeProof(Buffer.alloc(32)) },
  uses: new resources.UseLog(),
  lastActive: (uid) => loop.controller.lastActive(uid),
  now: Date.now,
  registry: new Registry(),
  logger: createLogger('info', logDestination(log)),
});
await app.listen({ host: '127.0.0.1', port: 0 });
process.send({
  port: app.server.address().port,
  sessions: loop.sessions.list().map(({ metadata, spec }) => ({ uid: metadata.uid, owner: spec.owner.name })),
});

const commands = {
  calls: async () => ({ calls: loop.seen.calls }),
  stop: async () => {
    await app.close();
    await templates.close();
    await loop.stop();
    await identity.close();
    setTimeout(() => process.exit(0), 10);
    return {};
  },
};
process.on('message', async ({ command }) => process.send(await commands[command]()));
