import type { FastifyInstance } from 'fastify';
import { Gauge } from 'prom-client';
import { createApp } from './http/app.js';
import { createRequestMetrics } from './http/metrics.js';
import { checkTrustedProxies, LOOPBACK } from './http/trusted-proxies.js';
import { meteredProvider } from './identity/metered.js';
import { loginRoutes } from './login/routes.js';
import { narrativeDoor } from './narrative/door.js';
import { checkContainerName } from './narrative/names.js';
import type { FrontOptions } from './options.js';
import { addAssetRoutes } from './pages/assets.js';
import { problemPage } from './pages/problem-page.js';
import { EventHub } from './sessions/event-hub.js';
import { sessionRoutes } from './sessions/routes.js';

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
  const { settings, registry, local } = options;
  checkContainerName(settings.containerName);
  const app = await createApp({
    logger: options.logger,
    trustedProxies: checkTrustedProxies(settings.trustedProxies ?? LOOPBACK),
    metrics: createRequestMetrics(registry),
    problemPage,
  });
  const authentication = { identity: meteredProvider(options.identity, registry), cookie: settings.kbaseCookie };
  addAssetRoutes(app);
  await app.register(sessionRoutes({ front: options, authentication, hub: createHub(options) }));
  await app.register(narrativeDoor({ front: options, authentication }));
  if (local !== undefined) await app.register(loginRoutes({ local, settings }));
  return app;
}
