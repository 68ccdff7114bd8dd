import { randomBytes } from 'node:crypto';
import { filesOutlet, followFiles, type Haproxy, type Health, systemClock } from '@mooring/domains';
import { buildInternal } from '@mooring/http-front';
import type { Logger } from 'pino';
import { collectDefaultMetrics, Registry } from 'prom-client';
import { type Config, unusedBy } from '../config/config.js';
import { createLogger, stdoutLog } from '../logging.js';
import { leaveFirst } from '../process/leave.js';
import { runUntilStopped } from '../process/run.js';
import { Shutdown, STAGES } from '../process/shutdown.js';
import { stopOnSignals } from '../process/signals.js';
import { ReadinessBoard } from '../readiness.js';
import type { Terminal } from '../terminal.js';
import { openHaproxy } from './haproxy.js';
import { keepDomains } from './keep.js';
import { knownFrom, openDomainMetadata } from './metadata.js';

const STOP_MS = 7_500;
/** How often files that another program writes are looked at. */
const LOOK_MS = 250;

interface Parts {
  config: Config;
  environment: Terminal['environment'];
  logger: Logger;
  shutdown: Shutdown;
  board: ReadinessBoard;
  registry: Registry;
}

async function openInternal({ config: { settings, sources }, registry, board, logger, shutdown }: Parts): Promise<void> {
  if (!sources.MOORING_INTERNAL_LISTEN) return;
  const internal = await buildInternal({
    registry,
    ready: () => board.read(),
    routeDocument: () => undefined,
    routeToken: randomBytes(16).toString('hex'),
    logger: logger.child({ component: 'internal' }),
  });
  shutdown.add(STAGES.serving, 'internal listener', () => internal.close());
  await internal.listen(settings.MOORING_INTERNAL_LISTEN);
}

/** Another program writes the files. */
function followOthers(haproxy: Haproxy | undefined, { logger, board, shutdown }: Parts): void {
  if (!haproxy) return void logger.warn('DISABLE_METADATA is set, and --haproxy is not: there is nothing to do');
  let health: Health = { ok: false, message: 'the files have not been looked at yet' };
  board.attach('domains', () => ({ ok: health.ok, checks: { domains: health } }));
  const calledOff = new AbortController();
  const running = followFiles({
    ...{ haproxy, everyMs: LOOK_MS, clock: systemClock, logger: logger.child({ component: 'domains' }), signal: calledOff.signal },
    onLook: (seen) => {
      health = seen;
    },
  });
  shutdown.add(STAGES.deciding, 'domains', async () => {
    calledOff.abort();
    await running;
  });
}

async function bringUp(parts: Parts, runsHaproxy: boolean): Promise<void> {
  const { config, logger } = parts;
  const { settings } = config;
  const { HAPROXY_BACKEND_CONFIG: backends, HAPROXY_DOMAIN_MAP: map, STACK_DOMAIN: domain = '' } = settings;
  const source = openDomainMetadata(config);
  await openInternal(parts);
  const known = await knownFrom({ backends, map }, domain);
  const haproxy = runsHaproxy ? await openHaproxy({ ...parts, settings, source }, parts.shutdown) : undefined;
  if (settings.DISABLE_METADATA) return followOthers(haproxy, parts);
  keepDomains({
    ...parts,
    settings,
    source,
    outlet: haproxy ?? filesOutlet({ backends, map }),
    proxy: 'haproxy',
    known,
    logger: logger.child({ component: 'domains' }),
  });
}

/** Keeps the files, and HAProxy with them, at what the metadata tell, until a signal ends it. Its log goes to stdout, a JSON object a line. */
export async function watchDomains(config: Config, runsHaproxy: boolean, { environment }: Terminal): Promise<void> {
  const signal = stopOnSignals();
  const { log_level: level, log_name: name } = config.settings;
  const logger = createLogger(level, stdoutLog(), name);
  const unused = unusedBy('domains', config);
  if (unused.length > 0) logger.warn({ keys: unused }, 'set, but not used by domains');
  const shutdown = new Shutdown(logger);
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const board = new ReadinessBoard({});
  leaveFirst(shutdown, { board, signal, drainMs: 0 });
  await runUntilStopped({ signal, shutdown, stopMs: STOP_MS, onStopping: () => logger.info('stopping') }, () =>
    bringUp({ config, environment, logger, shutdown, board, registry }, runsHaproxy),
  );
}
