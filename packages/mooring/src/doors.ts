import type { Controller } from '@mooring/controller';
import { auditLogger, buildFront, buildInternal, type FrontOptions, type FrontSettings } from '@mooring/http-front';
import type { Logger } from 'pino';
import type { Settings } from './config/keys.js';
import type { ListenAddress } from './config/values.js';
import type { Core } from './core.js';
import { type Shutdown, STAGES } from './process/shutdown.js';
import type { ReadinessBoard } from './readiness.js';
import { NARRATIVE } from './template.js';
import { VERSION } from './version.js';

export interface DoorsOptions extends Pick<FrontOptions, 'identity' | 'local' | 'oidc'> {
  settings: Settings;
  front: ListenAddress;
  internal: ListenAddress;
  trustedProxies?: string[];
  routeToken: string;
  /** Whom the listeners ask. */
  controller: Pick<Controller, 'routeDocument' | 'reap' | 'explain' | 'lastActive'>;
  board: ReadinessBoard;
  logger: Logger;
}

function frontSettings({ settings, trustedProxies }: DoorsOptions): FrontSettings {
  const { MOORING_READY_PAGE: readyPage } = settings;
  return {
    sessionCookie: settings.session_cookie,
    kbaseCookie: settings.kbase_cookie,
    containerName: settings.container_name,
    templateName: NARRATIVE,
    statusRole: settings.status_role,
    reaperNetworks: settings.reaper_ipnetwork,
    ...(readyPage !== undefined && { readyPage }),
    ...(trustedProxies && { trustedProxies }),
  };
}

/** Opens both listeners: the front's, and the internal one that people must not reach. */
export async function openDoors(core: Core, options: DoorsOptions, shutdown: Shutdown): Promise<void> {
  const { settings, controller, board, logger } = options;
  const { identity, local, oidc } = options;
  const front = await buildFront({
    store: core.store,
    sessions: core.sessions,
    templates: core.templates,
    identity,
    ...(local && { local }),
    ...(oidc && { oidc }),
    lastActive: (uid) => controller.lastActive(uid),
    about: { version: VERSION, commit: settings.COMMIT_SHA },
    settings: frontSettings(options),
    uses: core.uses,
    ...(settings.MOORING_VERIFY === 'owner' && { verify: { proof: core.proof } }),
    now: Date.now,
    reap: () => controller.reap(),
    registry: core.registry,
    logger: logger.child({ component: 'front' }),
    auditLogger: auditLogger(logger),
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
