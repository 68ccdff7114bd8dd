import { createHmac } from 'node:crypto';
import { readFile, stat } from 'node:fs/promises';
import type { DirectDoor } from '@mooring/controller';
import { buildManagement, type DeploySettings, hashPassword, type ManagementOptions, readUsers, type Users } from '@mooring/http-front';
import { type IdlePolicy, idlePolicySchema } from '@mooring/resources';
import type { Logger } from 'pino';
import type { Command, Settings } from './config/keys.js';
import type { ListenAddress } from './config/values.js';
import type { Core } from './core.js';
import { sessionLimits } from './doors.js';
import { type Shutdown, STAGES } from './process/shutdown.js';
import { idlePolicy } from './template.js';

const MOST_TIMEOUT_S = 600;
const MOST_READY_S = 86_400;

/** A container of whatever kind: nobody knows whether a Jupyter is in it. */
const directPolicy = (settings: Settings, command: Command): IdlePolicy =>
  idlePolicySchema.parse({
    ...idlePolicy(settings, command),
    action: 'Stop',
    startedOnce: 'Restart',
    sources: ['front', 'traefik-connections', 'traefik-requests', 'network', 'connections'],
  });

/** What MOORING_DIRECT and its keys say; undefined where it is off. */
export function directSettings(settings: Settings, command: Command, frontPaths: readonly string[]): DeploySettings | undefined {
  const kinds = settings.MOORING_DIRECT ?? (command === 'start' ? ['cookie', 'path'] : []);
  if (kinds.length === 0) return undefined;
  const plain = settings.MOORING_DIRECT_PLAIN_COOKIE === 'allow';
  return {
    ...(kinds.includes('cookie') && { cookie: { name: settings.MOORING_DIRECT_COOKIE, allowPlain: plain } }),
    ...(kinds.includes('path') && { path: { prefix: settings.MOORING_DIRECT_PREFIX } }),
    hosts: settings.MOORING_DIRECT_HOSTS.map((host) => host.toLowerCase()),
    entryPoints: command === 'start' ? ['web'] : settings.MOORING_DIRECT_ENTRYPOINTS,
    tls: settings.MOORING_DIRECT_TLS === 'on',
    fallbackUrl: settings.MOORING_DIRECT_FALLBACK_URL,
    reserved: frontPaths.filter((path) => path !== '/'),
    idlePolicy: directPolicy(settings, command),
    probe: {
      okStatus: settings.MOORING_DIRECT_PROBE_STATUS,
      timeoutSeconds: Math.min(MOST_TIMEOUT_S, settings.MOORING_DIRECT_PROBE_TIMEOUT),
      readyWithinSeconds: Math.min(MOST_READY_S, settings.MOORING_DIRECT_READY_WITHIN),
    },
  };
}

/** The same for the document. */
export const directDoor = (direct: DeploySettings | undefined): DirectDoor | undefined =>
  direct && {
    hosts: direct.hosts,
    entryPoints: direct.entryPoints,
    tls: direct.tls,
    cookieName: direct.cookie?.name,
    pathPrefix: direct.path?.prefix,
  };

/** Reads a users file when it has changed; what was read last counts while it can't be read. */
function usersOf(file: string, log: Logger): () => Promise<Users> {
  let known: { users: Users; changed: number } | undefined;
  return async () => {
    try {
      const { mtimeMs: changed } = await stat(file);
      if (known?.changed === changed) return known.users;
      const { users, problems, old } = readUsers(await readFile(file, 'utf8'));
      known = { users, changed };
      if (problems.length > 0) log.warn({ problems }, 'lines of MOORING_DIRECT_USERS_FILE are left out');
      if (old.length > 0)
        log.warn({ users: old }, 'these users have a plain SHA-256 hash, which is soon undone: make another by mooring hash-password');
      return users;
    } catch (err) {
      log.error({ code: (err as NodeJS.ErrnoException).code }, 'MOORING_DIRECT_USERS_FILE could not be read');
      return known?.users ?? new Map();
    }
  };
}

export interface ManagementParts {
  settings: Settings;
  direct: DeploySettings;
  listen: ListenAddress;
  /** 32 bytes that nobody else has. */
  key: Buffer;
  images?: ManagementOptions['images'];
  /** Of the user `admin`, where there is no users file. */
  adminPassword?: string;
  logger: Logger;
}

async function whoMay({ settings, adminPassword }: ManagementParts, log: Logger): Promise<(() => Promise<Users>) | undefined> {
  if (settings.MOORING_DIRECT_AUTH === 'off') {
    log.warn('the management API is open to whoever reaches it (MOORING_DIRECT_AUTH=off)');
    return undefined;
  }
  const file = settings.MOORING_DIRECT_USERS_FILE;
  if (file !== undefined) {
    const users = usersOf(file, log);
    await users();
    return users;
  }
  const users: Users = new Map(adminPassword === undefined ? [] : [['admin', await hashPassword(adminPassword)]]);
  return async () => users;
}

/** Opens the listener over which containers are deployed by their names. */
export async function openManagement(core: Core, parts: ManagementParts, shutdown: Shutdown): Promise<void> {
  const { settings, direct, listen, key } = parts;
  const log = parts.logger.child({ component: 'direct' });
  const listener = await buildManagement({
    store: core.store,
    sessions: core.sessions,
    settings: direct,
    users: await whoMay(parts, log),
    images: parts.images,
    limits: sessionLimits(settings),
    registry: core.registry,
    tokens: {
      key: createHmac('sha256', key).update('tokens of the management API').digest(),
      maxAgeSeconds: settings.MOORING_DIRECT_TOKEN_SECONDS,
    },
    now: Date.now,
    logger: log,
  });
  shutdown.add(STAGES.serving, 'management API', () => listener.close());
  await listener.listen(listen);
}
