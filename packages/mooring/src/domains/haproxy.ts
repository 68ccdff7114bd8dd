import { randomBytes } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { Certificate, Haproxy, type HaproxyOptions, type Launched, type MetadataSource, systemClock } from '@mooring/domains';
import type { Logger } from 'pino';
import type { Settings } from '../config/keys.js';
import { keptValue } from '../data/kept-value.js';
import { rotateLog } from '../data/log-file.js';
import { type Shutdown, STAGES } from '../process/shutdown.js';
import { Supervisor } from '../process/supervisor.js';

export interface HaproxyParts {
  settings: Settings;
  source: MetadataSource;
  logger: Logger;
  /** The environment of this process, of which HAProxy gets what finds programs and nothing else. */
  environment: Readonly<Record<string, string | undefined>>;
}

/** What requests under way get, in ms, when HAProxy is to end. */
const GRACE_MS = 2_500;

type Values = HaproxyOptions['values'];

async function syslog({ settings, source, logger }: HaproxyParts): Promise<Values['syslog']> {
  const host = settings.SYSLOG_HOST ?? (await source.text('/self/host/agent_ip').catch(() => undefined));
  if (host !== undefined && /^[A-Za-z0-9.-]+(:\d{1,5})?$/.test(host)) return { host, facility: settings.SYSLOG_FACILITY };
  logger.info('HAProxy logs nowhere: SYSLOG_HOST is not set, and the metadata have no address of the host');
  return undefined;
}

async function stats(settings: Settings, folder: string, logger: Logger): Promise<Values['stats']> {
  if (!settings.ENABLE_STATS) return undefined;
  const file = join(folder, 'stats-password.key');
  if (settings.STATS_PASSWORD === undefined) logger.info({ file }, "the password of HAProxy's statistics is in this file");
  const password = settings.STATS_PASSWORD ?? (await keptValue(file, /^[A-Za-z0-9_-]{32}$/, () => randomBytes(24).toString('base64url')));
  const [host = '*'] = settings.MOORING_DOMAINS_LISTEN.split(':');
  return { listen: `${host}:${settings.STATS_PORT}`, username: settings.STATS_USERNAME, password };
}

function launcher({ environment, logger }: HaproxyParts, folder: string): HaproxyOptions['launch'] {
  return (command, args, beforeAgain): Launched => {
    const env: Record<string, string> = environment.PATH === undefined ? {} : { PATH: environment.PATH };
    const program = { name: 'HAProxy', command, args, env, logFile: join(folder, 'haproxy.log'), stopSignal: 'SIGUSR1' as const };
    const supervisor = new Supervisor(program, { logger, beforeAgain });
    supervisor.start();
    return { stop: () => supervisor.stop(GRACE_MS), kill: () => supervisor.kill() };
  };
}

/** HAProxy as the configuration has it. What only it reads is in a folder beside the backends, closed to others. */
export async function configureHaproxy(parts: HaproxyParts): Promise<Haproxy> {
  const { settings, source, logger } = parts;
  const { HAPROXY_BACKEND_CONFIG: backends, HAPROXY_DOMAIN_MAP: map, HAPROXY_SSL_CERT: path } = settings;
  const folder = join(dirname(backends), 'mooring-haproxy');
  await mkdir(dirname(backends), { recursive: true });
  await mkdir(folder, { recursive: true, mode: 0o700 });
  await rotateLog(join(folder, 'haproxy.log'));
  return new Haproxy({
    program: settings.HAPROXY_BIN,
    paths: { template: settings.HAPROXY_CONFIG, backends, map, folder },
    values: {
      domainMap: map,
      listen: settings.MOORING_DOMAINS_LISTEN,
      listenSsl: settings.MOORING_DOMAINS_LISTEN_SSL,
      syslog: await syslog(parts),
      stats: await stats(settings, folder, logger),
      redirect: settings.ENABLE_SSL_REDIRECTION ? settings.SSL_REDIRECTION_TYPE : undefined,
    },
    ...(settings.ENABLE_SSL && {
      certificate: { path, keeper: new Certificate({ source, path, base64: settings.SSL_BASE64_ENCODED, now: Date.now }) },
    }),
    launch: launcher(parts, folder),
    clock: systemClock,
    logger,
  });
}

/** Starts HAProxy, which a metadata service that is down keeps from nothing that it did before. @throws HaproxyError where it can't be run */
export async function openHaproxy(parts: HaproxyParts, shutdown: Shutdown): Promise<Haproxy> {
  const haproxy = await configureHaproxy({ ...parts, logger: parts.logger.child({ component: 'haproxy' }) });
  shutdown.add(STAGES.serving, 'HAProxy', () => haproxy.close(), { kill: () => haproxy.kill() });
  await haproxy.open();
  return haproxy;
}
