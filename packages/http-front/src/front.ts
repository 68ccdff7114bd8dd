import type { FastifyInstance } from 'fastify';
import { Gauge } from 'prom-client';
import { createApp } from './http/app.js';
import { createRequestMetrics } from './http/metrics.js';
import { checkNetworks } from './http/networks.js';
import { meteredProvider } from './identity/metered.js';
import { loginRoutes } from './login/routes.js';
import { narrativeDoor } from './narrative/door.js';
import { checkContainerName } from './narrative/names.js';
import type { FrontOptions } from './options.js';
import { addAssetRoutes } from './pages/assets.js';
import { problemPage } from './pages/problem-page.js';
import { reaperRoutes } from './reaper/routes.js';
import { EventHub } from './sessions/event-hub.js';
import { sessionRoutes } from './sessions/routes.js';

const LOOPBACK = ['127.0.0.0/8', '::1/128'];
const THIS_MACHINE = ['127.0.0.1/32'];
const EVENTS = { maxStreams: 5_000, maxPerPerson: 12, heartbeatMs: 15_000 };

function createHub({ settings, sessions, registry }: FrontOptions): EventHub {
  const open = new Gauge({ name: 'mooring_front_event_streams', help: 'Event streams that are open.', registers: [registry] });
  return new EventHub({ ...EVENTS, ...settings.events, subscribe: (listener) => sessions.subscribe(listener), open });
}

/**
 * The public listener, not listening yet. `close()` ends the event streams and lets requests under way finish.
 * Throws RangeError where a setting makes no sense.
 */
export async function buildFront(options: FrontOptions): Promise<FastifyInstance> {
  const { settings, registry, local, reap } = options;
  checkContainerName(settings.containerName);
  const trustedProxies = checkNetworks('trustedProxies', settings.trustedProxies ?? LOOPBACK);
  const networks = checkNetworks('reaperNetworks', settings.reaperNetworks ?? THIS_MACHINE);
  const app = await createApp({
    logger: options.logger,
    trustedProxies,
    metrics: createRequestMetrics(registry),
    problemPage,
  });
  const authentication = { identity: meteredProvider(options.identity, registry), cookie: settings.kbaseCookie };
  addAssetRoutes(app);
  await app.register(sessionRoutes({ front: options, authentication, hub: createHub(options) }));
  await app.register(narrativeDoor({ front: options, authentication }));
  if (reap !== undefined) await app.register(reaperRoutes({ reap, networks, trustedProxies }));
  if (local !== undefined) await app.register(loginRoutes({ local, settings }));
  return app;
}
