import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { type Config, ConfigError, readConfig, unusedBy } from '../../src/config/config.js';
import { KEY_NAMES, KEYS, type KeySpec } from '../../src/config/keys.js';
import { buildReport, formatReport } from '../../src/config/report.js';

const MACHINE = 'machine-1';
const read = (environment: Record<string, string>, command?: 'start' | 'serve'): Config => readConfig(environment, MACHINE, command);

function problems(environment: Record<string, string>, command?: 'start' | 'serve'): string[] {
  try {
    read(environment, command);
  } catch (error) {
    if (error instanceof ConfigError) return error.message.split('\n');
    throw error;
  }
  return [];
}

const SERVE = { rancher_url: 'http://rancher/v2-beta', auth2: 'https://auth.example/me', image_tag: '1.2.3' };

describe('the configuration', () => {
  it('has defaults that are valid', () => {
    const { settings, unused } = read({ PATH: '/bin' });
    expect(settings).toMatchObject({
      MOORING_PORT_BASE: 8080,
      MOORING_IMAGE: { name: 'mooring/jupyter', tag: 'latest' },
      MOORING_LISTEN: { host: '0.0.0.0', port: 5000 },
      session_cookie: 'narrative_session',
      container_name: 'narrative-{}',
      hostname: [],
      log_level: 'info',
    });
    expect(unused).toEqual([]);
  });

  it('takes limits beyond a gigabyte, and says how large a number may be', () => {
    expect(read({ MOORING_DATA_LIMIT: '5000000000' }).settings.MOORING_DATA_LIMIT).toBe(5e9);
    for (const bad of ['0', '000', '1e9', '-1', '9'.repeat(13)])
      expect(problems({ MOORING_SCRIPT_LIMIT: bad })).toEqual([expect.stringContaining('must be between 1 and 999999999999 bytes')]);
    expect(problems({ MOORING_MAX_SESSIONS: '1'.repeat(10) })).toEqual([expect.stringContaining('nine digits at most')]);
  });

  it("reads narrative-traefiker's keys in small and in capital letters", () => {
    expect(read({ SESSION_COOKIE: 'a' }).settings.session_cookie).toBe('a');
    expect(read({ session_cookie: 'b' }).settings.session_cookie).toBe('b');
    expect(read({ SESSION_COOKIE: 'a', session_cookie: 'b' }).settings.session_cookie).toBe('b');
  });

  it('takes an empty value as not set, but an image_tag of blanks as a mistake', () => {
    expect(read({ rancher_user: '', rancher_password: '', MOORING_PORT_BASE: '' }).settings).toMatchObject({ MOORING_PORT_BASE: 8080 });
    for (const tag of ['', ' ', '\t  '])
      expect(problems({ image_tag: tag })).toEqual([
        expect.stringMatching(/^image_tag=".*": must be an image tag such as 1\.2\.3;.*leave image_tag out/),
      ]);
  });

  it("does not take the machine's own HOSTNAME for a route's host", () => {
    expect(read({ HOSTNAME: MACHINE }).settings.hostname).toEqual([]);
    expect(read({ HOSTNAME: 'narrative.example.org' }).settings.hostname).toEqual(['narrative.example.org']);
    expect(read({ HOSTNAME: MACHINE, hostname: 'a.example, b.example' }).settings.hostname).toEqual(['a.example', 'b.example']);
  });

  it('takes limits of at least one, and rates of 0 as none', () => {
    expect(read({}).settings).toMatchObject({ MOORING_RATE_PERSON: 1200, MOORING_RATE_ADDRESS: 60_000, MOORING_RATE_SIGN_IN: 600 });
    for (const key of ['MOORING_MAX_STARTS', 'MOORING_MAX_SESSIONS', 'MOORING_MAX_SESSIONS_PER_PERSON']) {
      expect(read({}).settings).not.toHaveProperty(key);
      expect(read({ [key]: '3' }).settings).toMatchObject({ [key]: 3 });
      expect(problems({ [key]: '0' })).toEqual([`${key}="0": must be 1 or more; leave it out for no limit`]);
    }
    expect(read({ MOORING_RATE_ADDRESS: '0' }).settings.MOORING_RATE_ADDRESS).toBe(0);
    expect(problems({ MOORING_RATE_PERSON: '-1' })).toEqual([expect.stringContaining('must be a number')]);
  });

  it('does not take a CONTAINER_NAME without a place for the user for ours, and says so', () => {
    const config = read({ CONTAINER_NAME: 'box-17' });
    expect(config.settings.container_name).toBe('narrative-{}');
    expect(config.unused).toEqual(['CONTAINER_NAME (it has no {} for the user)']);
    expect(read({ CONTAINER_NAME: 'nb-{}' }).settings.container_name).toBe('nb-{}');
    expect(problems({ container_name: 'box-17' })).toHaveLength(1);
  });

  it('tells every problem at once, each with key, value and cure', () => {
    const told = problems({
      image_tag: '  ',
      image_name: 'registry.example:5000/kbase/narrative:1.0',
      MOORING_PORT_BASE: 'eighty',
      MOORING_PROT_BASE: '1',
      NARRENV_1X: 'y',
      session_cookie: 'kbase_session',
      log_level: 'loud',
    });
    expect(told).toHaveLength(7);
    expect(told).toContainEqual(
      'image_name="registry.example:5000/kbase/narrative:1.0": must not contain a tag; set image_name=registry.example:5000/kbase/narrative and image_tag=1.0',
    );
    expect(told).toContainEqual('MOORING_PORT_BASE="eighty": must be a number, such as 8080');
    expect(told).toContainEqual('MOORING_PROT_BASE: there is no such key; did you mean MOORING_PORT_BASE?');
    expect(told).toContainEqual('session_cookie="kbase_session": must differ from kbase_cookie');
    expect(told).toContainEqual(expect.stringMatching(/^NARRENV_1X: /));
    expect(told).toContainEqual(expect.stringMatching(/^log_level="loud": must be one of /));
  });

  it.each([
    ['hostname', 'https://narrative.example.org'],
    ['hostname', 'a`) || Host(`b'],
    ['auth2', 'auth.example/me'],
    ['image_name', 'docker:kbase/narrative'],
    ['image_name', 'kbase narrative'],
    ['session_cookie', 'a=b'],
    ['container_name', 'narrative'],
    ['container_name', 'narrative_{}'],
    ['container_name', 'narr--{}'],
    ['rancher_stack_id', 'mystack'],
    ['MOORING_PORT_BASE', '65529'],
    ['MOORING_PORT_BASE', '0'],
    ['MOORING_IMAGE', 'docker:mooring/demo'],
    ['MOORING_IMAGE', 'mooring/demo:'],
    ['MOORING_PACE', 'slow'],
    ['MOORING_LISTEN', '5000'],
    ['MOORING_LISTEN', '0.0.0.0:70000'],
    ['MOORING_LISTEN', '::1:5000'],
    ['MOORING_TRUSTED_PROXIES', '10.0.0.0/33'],
    ['MOORING_TRUSTED_PROXIES', 'proxy.example'],
    ['reaper_timeout_secs', '1'],
    ['reaper_timeout_secs', '10m'],
    ['reaper_ipnetwork', '127.0.0.1/33'],
    ['reaper_ipnetwork', '2001:db8::/129'],
    ['traefik_metrics', 'traefik:8080'],
    ['MOORING_REAPER_SCHEDULE', 'every second'],
    ['MOORING_REAPER_SCHEDULE', '61 * * * * *'],
    ['MOORING_REAPER_SCHEDULE', '0 0 0 30 2 *'],
    ['MOORING_REAPER_GRACE', '-1'],
    ['MOORING_REAPER_GRACE', '99999999'],
    ['MOORING_IDLE_ACTION', 'stop'],
    ['MOORING_OPEN_CONNECTIONS', 'maybe'],
    ['MOORING_MAX_UNKNOWN', '0'],
    ['MOORING_STARTED_ONCE', 'Ignore'],
    ['MOORING_IDENTITY', 'local'],
    ['MOORING_IDENTITY_STALE', '15m'],
    ['MOORING_PUBLIC_URL', 'https://lab.example/narrative'],
    ['MOORING_PUBLIC_URL', 'lab.example'],
    ['MOORING_OIDC_ISSUER', 'http://sso.example/realms/lab'],
    ['MOORING_OIDC_SCOPE', 'profile email'],
    ['MOORING_OIDC_USER_CLAIM', 'a claim'],
    ['MOORING_SIGN_IN_MAX_AGE', '59'],
    ['MOORING_HEADER_NETWORKS', 'proxy.example'],
    ['MOORING_HEADER_NETWORKS', '0.0.0.0/0'],
    ['MOORING_TRUSTED_PROXIES', '::/0'],
    ['MOORING_HEADER_USER', 'X-User:'],
    ['MOORING_READY_PAGE', 'https://lab.example/load?n={}'],
    ['MOORING_READY_PAGE', '//evil.example/{}'],
    ['MOORING_READY_PAGE', '/load-narrative.html'],
    ['MOORING_READY_PAGE', '/load?n={}&m={}'],
    ['MOORING_CONTACT', 'a\nb'],
    ['mode', 'docker'],
    ['MODE', 'docker'],
    ['debug', 'yes'],
  ])('refuses %s=%s', (key, value) => {
    expect(problems({ [key]: value })).toEqual([expect.stringContaining(`${key}=${JSON.stringify(value)}: must `)]);
  });

  it.each([
    ['MOORING_LISTEN', '[::]:5000', { host: '::', port: 5000 }],
    ['MOORING_LISTEN', 'localhost:0', { host: 'localhost', port: 0 }],
    ['MOORING_IMAGE', 'registry.example:5000/a/b', { name: 'registry.example:5000/a/b', tag: 'latest' }],
    ['MOORING_IMAGE', 'kbase/narrative:1.2', { name: 'kbase/narrative', tag: '1.2' }],
    ['MOORING_TRUSTED_PROXIES', '10.0.0.0/8, fd00::/8,127.0.0.1', ['10.0.0.0/8', 'fd00::/8', '127.0.0.1']],
    ['reaper_timeout_secs', '2', 2],
    ['reaper_ipnetwork', '10.0.0.0/8, 2001:db8::/32', ['10.0.0.0/8', '2001:db8::/32']],
    ['MOORING_REAPER_SCHEDULE', '* * * * * *', '* * * * * *'],
    ['MOORING_REAPER_SCHEDULE', '*/5 * * * *', '*/5 * * * *'],
    ['MOORING_REAPER_GRACE', '0', 0],
    ['MOORING_IDLE_ACTION', 'Stop', 'Stop'],
    ['MOORING_MAX_UNKNOWN', '86400', 86_400],
    ['MOORING_IDENTITY', 'header', 'header'],
    ['MOORING_PUBLIC_URL', 'https://lab.example/', 'https://lab.example'],
    ['MOORING_OIDC_ISSUER', 'http://127.0.0.1:9000', 'http://127.0.0.1:9000'],
    ['MOORING_HEADER_NETWORKS', '10.42.0.0/16, ::1', ['10.42.0.0/16', '::1']],
    ['MOORING_READY_PAGE', '/load-narrative.html?n={}&check=true', '/load-narrative.html?n={}&check=true'],
    ['MOORING_CONTACT', ' help@lab.example ', 'help@lab.example'],
    ['status_role', 'OPERATOR', 'OPERATOR'],
    ['COMMIT_SHA', '2cd428c', '2cd428c'],
    ['mode', 'rancher', 'rancher'],
    ['debug', '1', 1],
    ['log_name', 'traefiker', 'traefiker'],
    ['log_level', '10', 'debug'],
    ['log_level', 'WARNING', 'warn'],
  ] as const)('reads %s=%s', (key, value, expected) => {
    expect(read({ [key]: value }).settings[key]).toEqual(expected);
  });

  it("takes narrative-traefiker's debug for a level of the log, unless one is set", () => {
    expect(read({ debug: '1' }).settings.log_level).toBe('debug');
    expect(read({ DEBUG: '1', log_level: 'warn' }).settings.log_level).toBe('warn');
    expect(read({ debug: '0' }).settings.log_level).toBe('info');
    expect(buildReport(read({ debug: '1' })).settings).toContainEqual({
      key: 'log_level',
      value: 'debug',
      source: 'environment variable debug',
      usedBy: ['start', 'serve', 'domains'],
    });
  });

  it('does not take for ours what others set in capitals', () => {
    const { settings } = read({ DEBUG: 'express:*', MODE: 'production' });
    expect([settings.debug, settings.mode, settings.log_level]).toEqual([0, undefined, 'info']);
  });

  it('has narrative-traefiker’s role for administrators', () => {
    expect(read({}).settings).toMatchObject({ status_role: 'KBASE_ADMIN', COMMIT_SHA: 'not available' });
    expect(read({ STATUS_ROLE: 'ops' }).settings.status_role).toBe('ops');
  });

  it('says what is wrong with a schedule', () => {
    expect(problems({ MOORING_REAPER_SCHEDULE: '0 0 0 30 2 *' })).toEqual([
      'MOORING_REAPER_SCHEDULE="0 0 0 30 2 *": must be a cron schedule with seconds in front, such as */30 * * * * * (Something went wrong. No execution date was found in the next 8 years.)',
    ]);
  });

  it("reads the reaper's keys as narrative-traefiker has them, in capital letters too", () => {
    expect(read({}).settings).toMatchObject({
      reaper_timeout_secs: 600,
      reaper_ipnetwork: ['127.0.0.1/32'],
      traefik_metrics: 'http://traefik:8080/metrics',
      MOORING_REAPER_SCHEDULE: '*/30 * * * * *',
      MOORING_REAPER_GRACE: 60,
      MOORING_OPEN_CONNECTIONS: 'active',
      MOORING_STARTED_ONCE: 'Restart',
    });
    expect(read({}).settings).not.toHaveProperty('MOORING_IDLE_ACTION');
    expect(read({ REAPER_TIMEOUT_SECS: '30', REAPER_IPNETWORK: '::1' }).settings).toMatchObject({
      reaper_timeout_secs: 30,
      reaper_ipnetwork: ['::1'],
    });
  });

  it('asks of serve what it needs, together with what is wrong', () => {
    expect(problems(SERVE, 'serve')).toEqual([]);
    expect(problems({ log_level: 'loud', rancher_user: 'u' }, 'serve').map((line) => line.split(/[=:]/)[0])).toEqual([
      'log_level',
      'rancher_password',
      'rancher_url',
      'auth2',
      'image_tag',
    ]);
    expect(problems({ ...SERVE, MOORING_ROUTES: 'http' }, 'serve')).toEqual([expect.stringMatching(/^MOORING_FRONT_URL: is missing/)]);
    expect(problems({ ...SERVE, MOORING_VERIFY: 'owner' }, 'serve')).toEqual([
      expect.stringMatching(/^MOORING_FRONT_URL: is missing; with MOORING_VERIFY=owner/),
    ]);
    expect(problems({}, 'start')).toEqual([]);
  });

  it('asks of serve what the way to know who somebody is needs, and of no other', () => {
    const { auth2: _auth2, ...rest } = SERVE;
    const missing = (identity: string, more: Record<string, string> = {}) =>
      problems({ ...rest, MOORING_IDENTITY: identity, ...more }, 'serve').map((line) => line.split(':')[0]);
    expect(missing('auth2')).toEqual(['auth2']);
    expect(missing('oidc')).toEqual(['MOORING_OIDC_ISSUER', 'MOORING_OIDC_CLIENT_ID', 'MOORING_PUBLIC_URL']);
    expect(missing('header')).toEqual(['MOORING_HEADER_NETWORKS']);
    expect(missing('header', { MOORING_HEADER_NETWORKS: '10.42.0.0/16' })).toEqual([]);
    expect(problems(rest, 'serve')).toEqual([expect.stringContaining('or set MOORING_IDENTITY to oidc or header')]);
  });

  it('tells what is set for another way than the one that was chosen', () => {
    const config = read({ ...SERVE, MOORING_IDENTITY: 'header', MOORING_HEADER_NETWORKS: '10.0.0.1', MOORING_OIDC_CLIENT_ID: 'x' });
    expect(unusedBy('serve', config)).toEqual([
      'auth2 (MOORING_IDENTITY is header)',
      'MOORING_OIDC_CLIENT_ID (MOORING_IDENTITY is header)',
    ]);
    expect(unusedBy('serve', read({ ...SERVE, MOORING_HEADER_USER: 'X-User' }))).toEqual([
      'MOORING_HEADER_USER (MOORING_IDENTITY is auth2)',
    ]);
  });

  it('never shows a secret, neither in errors nor in the report', () => {
    const secret = 'hunter2 hunter2';
    expect(problems({ MOORING_TRAEFIK_TOKEN: secret, rancher_password: secret }).join()).not.toContain('hunter2');
    for (const rancher_url of ['ftp://user:hunter2@rancher/', 'http://user:hunter2@rancher/'])
      expect(problems({ rancher_url })).toEqual([expect.not.stringContaining('hunter2')]);
    const config = read({
      ...SERVE,
      rancher_user: 'key',
      rancher_password: secret,
      MOORING_OIDC_CLIENT_SECRET: secret,
      NARRENV_TOKEN: secret,
    });
    expect(config.sessionEnv).toEqual({ TOKEN: secret });
    const report = buildReport(config);
    expect(JSON.stringify(report) + formatReport(report)).not.toContain('hunter2');
  });

  it('never shows a secret, whatever it is', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[!-~]{1,15}$/), (token) => {
        const told = problems({ MOORING_TRAEFIK_TOKEN: `\u0001${token}` });
        expect(told).toEqual([expect.stringMatching(/^MOORING_TRAEFIK_TOKEN=\(hidden\): must have at least 16 characters/)]);
      }),
    );
  });
});

/** Every key of narrative-traefiker 0.10.1. */
const TRAEFIKER = `docker_url hostname auth2 image_name image_tag session_cookie kbase_cookie container_name container_name_prespawn
  narrative_version_url traefik_metrics dock_net log_level log_dest log_name rancher_user rancher_password rancher_url rancher_meta
  rancher_env_url rancher_stack_id rancher_stack_name mode reaper_timeout_secs reaper_ipnetwork debug num_prespawn status_role
  sqlite_reaperdb_path COMMIT_SHA`.split(/\s+/);

describe("narrative-traefiker's keys", () => {
  it.each(TRAEFIKER)('%s means something, or it is said why it does not', (key) => {
    if ((KEY_NAMES as string[]).includes(key)) return;
    expect(read({ [key]: 'x' }).unused).toEqual([expect.stringMatching(new RegExp(`^${key} \\(.{10,}\\)$`))]);
  });
});

describe('what a command has no use for', () => {
  it('is no error where Mooring itself has set it in what it starts', () => {
    expect(problems({ MOORING_INSTALLATION: '7' })).toEqual([]);
  });

  it('is told by its variable', () => {
    const config = read({ IMAGE_NAME: 'a/b', MOORING_IMAGE: 'mooring/demo', sqlite_reaperdb_path: '/x', session_cookie: 's' });
    const database = 'sqlite_reaperdb_path (what is remembered is in MOORING_DATA)';
    expect(unusedBy('start', config)).toEqual([database, 'IMAGE_NAME']);
    expect(unusedBy('serve', config)).toEqual([database, 'MOORING_IMAGE']);
  });
});

describe('the report', () => {
  it('says for every key its value, its source and who uses it', () => {
    const report = buildReport(read({ IMAGE_TAG: '1.0', narrative_version_url: 'http://x/', DEBUG: '*', docker_url: 'x', NARRENV_A: 'b' }));
    expect(report.settings.map(({ key }) => key)).toEqual(KEY_NAMES);
    expect(report.settings).toContainEqual({ key: 'image_tag', value: '1.0', source: 'environment variable IMAGE_TAG', usedBy: ['serve'] });
    expect(report.settings).toContainEqual({ key: 'MOORING_DATA', value: './.mooring', source: 'default', usedBy: ['start', 'serve'] });
    expect(report.settings).toContainEqual({ key: 'auth2', source: 'not set', usedBy: ['serve'] });
    expect(report.sessionEnvironment).toEqual([{ name: 'A', source: 'environment variable NARRENV_A' }]);
    const docker = 'docker_url (sessions run at Rancher; for one machine there is mooring start, with MOORING_RUNTIME=docker)';
    expect(report.notUsed).toEqual([docker, 'narrative_version_url (image_tag goes before it)']);
    const text = formatReport(report);
    expect(text).toMatch(/^image_tag +1\.0 +environment variable IMAGE_TAG +serve$/m);
    expect(text).toContain('set, but not used\n  docker_url (');
  });

  it('has a help text for every key, and defaults that its schema accepts', () => {
    for (const spec of Object.values<KeySpec>(KEYS)) {
      expect(spec.help).not.toBe('');
      if (spec.default !== undefined) expect(spec.schema.safeParse(spec.default).success).toBe(true);
    }
  });
});
