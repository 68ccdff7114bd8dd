import type { Controller } from '@mooring/controller';
import { buildFront, buildInternal, type IdentityProvider, type LocalIdentityProvider } from '@mooring/http-front';
import type { Logger } from 'pino';
import type { Settings } from './config/keys.js';
import type { ListenAddress } from './config/values.js';
import type { Core } from './core.js';
import { type Shutdown, STAGES } from './process/shutdown.js';
import type { ReadinessBoard } from './readiness.js';
import { NARRATIVE } from './template.js';

export interface DoorsOptions {
  settings: Settings;
  identity: IdentityProvider;
  /** Turns the sign-in pages on. */
  local?: LocalIdentityProvider;
  front: ListenAddress;
  internal: ListenAddress;
  trustedProxies?: string[];
  routeToken: string;
  /** Whom the listeners ask. */
  controller: Pick<Controller, 'routeDocument' | 'reap' | 'explain'>;
  board: ReadinessBoard;
  logger: Logger;
}

/** Opens both listeners: the front's, and the internal one that people must not reach. */
export async function openDoors(core: Core, options: DoorsOptions, shutdown: Shutdown): Promise<void> {
  const { settings, controller, board, logger } = options;
  const front = await buildFront({
    store: core.store,
    sessions: core.sessions,
    templates: core.templates,
    identity: options.identity,
    ...(options.local ? { local: options.local } : {}),
    settings: {
      sessionCookie: settings.session_cookie,
      kbaseCookie: settings.kbase_cookie,
      containerName: settings.container_name,
      templateName: NARRATIVE,
      reaperNetworks: settings.reaper_ipnetwork,
      ...(options.trustedProxies ? { trustedProxies: options.trustedProxies } : {}),
    },
    uses: core.uses,
    now: Date.now,
    reap: () => controller.reap(),
    registry: core.registry,
    logger: logger.child({ component: 'front' }),
  });
  shutdown.add(STAGES.serving, 'front', () => front.close());
  const internal = await buildInternal({
    registry: core.registry,
    ready: () => board.read(),
    routeDocument: () => controller.routeDocument(),
    routeToken: options.routeToken,
    explain: (session) => controller.explain(session),
    logger: logger.child({ component: 'internal' }),
  });
  shutdown.add(STAGES.serving, 'internal listener', () => internal.close());
  await Promise.all([front.listen(options.front), internal.listen(options.internal)]);
}
