import type { Controller } from '@mooring/controller';
import {
  type ApiParts,
  auditLogger,
  buildFront,
  buildInternal,
  type DeploySettings,
  type FrontOptions,
  type FrontSettings,
  openApiParts,
} from '@mooring/http-front';
import type { Logger } from 'pino';
import { Gauge } from 'prom-client';
import type { Settings } from './config/keys.js';
import type { ListenAddress } from './config/values.js';
import type { Core } from './core.js';
import { keptText } from './data/kept-text.js';
import { type Shutdown, STAGES } from './process/shutdown.js';
import type { ReadinessBoard } from './readiness.js';
import { upgradesOf } from './rollouts.js';
import { NARRATIVE } from './template.js';
import { VERSION } from './version.js';

export interface DoorsOptions extends Pick<FrontOptions, 'identity' | 'local' | 'oidc' | 'containers'> {
  settings: Settings;
  front: ListenAddress;
  internal: ListenAddress;
  trustedProxies?: string[];
  /** How often people may ask; no limits where it is missing. */
  rates?: FrontSettings['rates'];
  routeToken: string;
  /** Whom the listeners ask. */
  controller: Pick<
    Controller,
    'routeDocument' | 'onRoutesChanged' | 'knowReader' | 'reap' | 'explain' | 'tail' | 'lastActive' | 'usualStart'
  >;
  board: ReadinessBoard;
  /** Containers are asked for by their names where it is given. */
  direct?: DeploySettings | undefined;
  /** What happened over time is kept there. */
  statisticsFile: string;
  logger: Logger;
}

/** How many sessions may run, whichever door they come by. */
export function sessionLimits(settings: Settings): NonNullable<FrontSettings['sessionLimits']> {
  const { MOORING_MAX_SESSIONS: inAll, MOORING_MAX_SESSIONS_PER_PERSON: perPerson } = settings;
  return { ...(inAll !== undefined && { inAll }), ...(perPerson !== undefined && { perPerson }) };
}

function frontSettings({ settings, trustedProxies, rates }: DoorsOptions): FrontSettings {
  const { MOORING_READY_PAGE: readyPage, MOORING_CONTACT: contact } = settings;
  return {
    sessionCookie: settings.session_cookie,
    kbaseCookie: settings.kbase_cookie,
    containerName: settings.container_name,
    templateName: NARRATIVE,
    statusRole: settings.status_role,
    reaperNetworks: settings.reaper_ipnetwork,
    ...(readyPage !== undefined && { readyPage }),
    ...(contact !== undefined && { contact }),
    ...(trustedProxies && { trustedProxies }),
    ...(rates && { rates }),
    sessionLimits: sessionLimits(settings),
  };
}

const openApi = (core: Core, { controller, logger, statisticsFile }: DoorsOptions): Promise<ApiParts> =>
  openApiParts({
    ...core,
    explain: (session) => controller.explain(session),
    tail: (session, lines) => controller.tail(session, lines),
    storage: keptText(statisticsFile),
    now: Date.now,
    logger: logger.child({ component: 'api' }),
  });

/** Opens both listeners: the front's, and the internal one that people must not reach. */
export async function openDoors(core: Core, options: DoorsOptions, shutdown: Shutdown): Promise<void> {
  const { settings, controller, board, logger } = options;
  const { identity, local, oidc, containers } = options;
  const frontOptions: FrontOptions = {
    store: core.store,
    sessions: core.sessions,
    templates: core.templates,
    identity,
    ...(local && { local }),
    ...(oidc && { oidc }),
    ...(containers && { containers }),
    lastActive: (uid) => controller.lastActive(uid),
    usualStart: (kind) => controller.usualStart(kind),
    about: { version: VERSION, commit: settings.COMMIT_SHA },
    settings: frontSettings(options),
    uses: core.uses,
    ...(settings.MOORING_VERIFY === 'owner' && { verify: { proof: core.proof } }),
    ...(settings.AUTOUPDATE_HTTP_PORT === undefined && { upgrades: upgradesOf(core, settings) }),
    ...(options.direct && { direct: options.direct }),
    now: Date.now,
    reap: () => controller.reap(),
    registry: core.registry,
    logger: logger.child({ component: 'front' }),
    auditLogger: auditLogger(logger),
    api: await openApi(core, options),
  };
  new Gauge({
    name: 'mooring_build_info',
    help: 'Which Mooring runs: always 1.',
    labelNames: ['version', 'commit'],
    registers: [core.registry],
  }).set({ version: VERSION, commit: settings.COMMIT_SHA }, 1);
  const front = await buildFront(frontOptions);
  shutdown.add(STAGES.serving, 'front', () => front.close());
  const internal = await buildInternal({
    registry: core.registry,
    ready: () => board.read(),
    routeDocument: () => controller.routeDocument(),
    onRoutesChanged: (listener) => controller.onRoutesChanged(listener),
    knowReader: () => controller.knowReader(),
    routeToken: options.routeToken,
    explain: (session) => controller.explain(session),
    // Who starts everything on their own machine is its operator, though the sign-in there knows no roles.
    ...(local && frontOptions.api && { operators: { front: frontOptions, parts: frontOptions.api, containers } }),
    logger: logger.child({ component: 'internal' }),
  });
  shutdown.add(STAGES.serving, 'internal listener', () => internal.close());
  await Promise.all([front.listen(options.front), internal.listen(options.internal)]);
}
