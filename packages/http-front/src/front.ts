import type { FastifyInstance } from 'fastify';
import { Gauge } from 'prom-client';
import { admitPeople } from './api/access.js';
import { API_PREFIX, apiRoutes } from './api/routes.js';
import { type Audit, auditLogger, auditSeldom, createAudit } from './audit/audit.js';
import { CONTAINERS_PREFIX, containerRoutes } from './containers/routes.js';
import { dashboardRoute } from './dashboard/routes.js';
import { DirectDoor, type DirectDoorOptions } from './direct/door.js';
import { directStatusRoutes } from './direct/status-routes.js';
import { createApp } from './http/app.js';
import { createRequestMetrics } from './http/metrics.js';
import { named } from './http/named.js';
import { checkNetworks } from './http/networks.js';
import { type AuthenticatorOptions, authenticator } from './identity/authenticate.js';
import { identityMetrics } from './identity/metered.js';
import { admittingStore } from './limits/admission.js';
import { refusalMetrics } from './limits/metrics.js';
import { rateLimits } from './limits/rate.js';
import { oidcRoutes, oidcSignIn } from './login/oidc/routes.js';
import { localSignIn, loginRoutes } from './login/routes.js';
import type { SignIn } from './login/sign-in.js';
import { proxySignIn, siteSignIn } from './login/site.js';
import { type DoorOptions, narrativeDoor } from './narrative/door.js';
import { claimMetrics } from './narrative/metrics.js';
import { checkContainerName } from './narrative/names.js';
import { type ReadyDoorOptions, readyDoor } from './narrative/ready-door.js';
import { checkReadyPage } from './narrative/ready-page.js';
import { ReadyPages } from './narrative/ready-pages.js';
import type { FrontOptions } from './options.js';
import { addAssetRoutes } from './pages/assets.js';
import { problemPage } from './pages/problem-page.js';
import { reaperRoutes } from './reaper/routes.js';
import { EventHub } from './sessions/event-hub.js';
import { ownWishRoutes } from './sessions/own-wish-routes.js';
import { RouteSecrets } from './sessions/route-secrets.js';
import { sessionRoutes } from './sessions/routes.js';
import { StartLine } from './sessions/start-line.js';
import { shutdownRoutes } from './shutdown/routes.js';
import { statusRoutes } from './status/routes.js';
import { upgradeRoutes } from './upgrades/routes.js';
import { verifyRoutes } from './verify/routes.js';

const LOOPBACK = ['127.0.0.0/8', '::1/128'];
const THIS_MACHINE = ['127.0.0.1/32'];
/** A stream costs 13 kB (bench/events.mjs) and a file descriptor: these are 160 MB, and leave room where a process may have 20,000 files. */
const EVENTS = { maxStreams: 12_000, maxPerPerson: 12, heartbeatMs: 15_000 };
/** How often the audit tells that an administrator goes on in somebody's session, and of how many it knows that. */
const ENTRIES = { everyMs: 60_000, capacity: 1_000 };

/** Places in the line move with each start that ends; whoever looks at theirs needs no more than two a second. */
const LINE_SETTLES_MS = 500;

function createHub({ settings, sessions, registry }: FrontOptions, line: StartLine): EventHub {
  const open = new Gauge({ name: 'mooring_front_event_streams', help: 'Event streams that are open.', registers: [registry] });
  return new EventHub({ ...EVENTS, ...settings.events, subscribe: (listener) => sessions.subscribe(listener), open, line });
}

function signInOf({ local, oidc, identity, settings }: FrontOptions): SignIn {
  if (local !== undefined) return localSignIn(settings);
  if (oidc !== undefined) return oidcSignIn(settings);
  return 'read' in identity ? proxySignIn : siteSignIn;
}

/** Where Traefik is to ask whose each request to a session is. */
async function addVerify(
  app: FastifyInstance,
  front: FrontOptions,
  { known, signIn, audit }: { known: AuthenticatorOptions; signIn: SignIn; audit: Audit },
): Promise<void> {
  if (front.verify === undefined) return;
  // The cookie first: Authorization may be the notebook's own.
  const authenticates = (['cookie', 'authorization'] as const).map((only) => authenticator({ ...known, only }));
  const seldom = auditSeldom(audit, { ...ENTRIES, now: front.now });
  await app.register(named('verify-routes', verifyRoutes({ front, proof: front.verify.proof, authenticates, signIn, audit: seldom })));
}

async function addSignIn(app: FastifyInstance, { local, oidc, settings }: FrontOptions): Promise<void> {
  if (local !== undefined) await app.register(named('login-routes', loginRoutes({ local, settings })));
  if (oidc !== undefined) await app.register(named('oidc-routes', oidcRoutes({ oidc, settings })));
}

/** Requests for containers by their names may be for any path: they are answered before it is looked for whose it is. */
async function addDirect(app: FastifyInstance, options: DirectDoorOptions, hub: EventHub): Promise<void> {
  const door = new DirectDoor(options);
  app.addHook('onRequest', (request, reply) => door.answer(request, reply));
  await app.register(named('direct-status-routes', directStatusRoutes({ ...options, door, hub })));
}

interface NarrativeParts extends Omit<DoorOptions, 'pages'>, Omit<ReadyDoorOptions, 'pages'> {
  front: FrontOptions;
  line: StartLine;
  hub: EventHub;
}

/** Where containers are asked for by their names, any request may be for one: then it is looked for that before anything is answered. */
async function addNarrative(app: FastifyInstance, parts: NarrativeParts): Promise<void> {
  const { front, hub, ...rest } = parts;
  const pages = new ReadyPages(front.settings.contact);
  if (front.direct === undefined) app.answerEarly(readyDoor({ ...rest, front, pages }));
  else await addDirect(app, { ...rest, front, settings: front.direct }, hub);
  await app.register(named('narrative-door', narrativeDoor({ ...rest, front, pages })));
}

type ContainerParts = Omit<Parameters<typeof containerRoutes>[0], 'options'>;

async function addContainers(app: FastifyInstance, options: FrontOptions['containers'], parts: ContainerParts): Promise<void> {
  if (options !== undefined)
    await app.register(named('container-routes', containerRoutes({ ...parts, options })), { prefix: CONTAINERS_PREFIX });
}

/**
 * The public listener, not listening yet. `close()` ends the event streams and lets requests under way finish.
 * Throws RangeError where a setting makes no sense.
 */
export async function buildFront(given: FrontOptions): Promise<FastifyInstance> {
  const { settings, registry, local, reap, api: parts } = given;
  const refused = refusalMetrics(registry);
  const options = {
    ...given,
    store: admittingStore({ ...given, limits: settings.sessionLimits ?? {}, refused }),
    countClaim: claimMetrics(registry),
  };
  checkContainerName(settings.containerName);
  if (settings.readyPage !== undefined) checkReadyPage(settings.readyPage);
  const trustedProxies = checkNetworks('trustedProxies', settings.trustedProxies ?? LOOPBACK);
  const networks = checkNetworks('reaperNetworks', settings.reaperNetworks ?? THIS_MACHINE);
  const app = await createApp({
    logger: options.logger,
    trustedProxies,
    metrics: createRequestMetrics(registry),
    problemPage,
  });
  const { identity } = options;
  const limits = rateLimits({ rates: settings.rates ?? {}, refused, now: options.now });
  app.addHook('onRequest', (request, _reply, done) => {
    limits.request(request);
    done();
  });
  const known = { identity, cookie: settings.kbaseCookie, count: identityMetrics(identity, registry), limits };
  const authenticate = authenticator(known);
  const signIn = signInOf(options);
  const audit = createAudit(options.auditLogger ?? auditLogger(options.logger));
  addAssetRoutes(app);
  // Before the hub hears of a change, the line has.
  const line = new StartLine({ sessions: options.sessions, settleMs: LINE_SETTLES_MS });
  const hub = createHub(options, line);
  await app.register(named('session-routes', sessionRoutes({ front: options, authenticate, hub, line })));
  await app.register(named('own-wish-routes', ownWishRoutes({ front: options, authenticate })));
  const secrets = new RouteSecrets(options.store, options.sessions);
  app.addHook('onClose', async () => secrets.close());
  await addNarrative(app, { front: options, known, limits, authenticate, signIn, secrets, line, hub });
  await app.register(named('status-routes', statusRoutes({ front: options, authenticate, audit })));
  await app.register(named('shutdown-routes', shutdownRoutes({ front: options, authenticate, audit })));
  const gate = { admit: admitPeople(authenticate, settings.statusRole), local: local !== undefined };
  if (parts !== undefined) {
    await app.register(named('api-routes', apiRoutes({ front: options, parts, gate, audit })), { prefix: API_PREFIX });
    await app.register(named('dashboard-route', dashboardRoute({ authenticate, signIn, statusRole: settings.statusRole })));
  }
  await addContainers(app, given.containers, { front: options, gate, limits, audit });
  await addVerify(app, options, { known, signIn, audit });
  if (reap !== undefined) await app.register(named('reaper-routes', reaperRoutes({ reap, networks, trustedProxies, audit })));
  await addSignIn(app, given);
  if (given.upgrades !== undefined) await app.register(named('upgrade-routes', upgradeRoutes(given.upgrades)));
  return app;
}
