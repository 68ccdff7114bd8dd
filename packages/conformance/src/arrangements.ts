type Body = Record<string, unknown>;

/**
 * What was done between the recorded exchanges without being recorded, or is among those that were kept back. It stands
 * in its place by name ('!' sorts before all else of a number, '~' after what it follows), with the ids of the recordings.
 */
export interface Arrangement {
  name: string;
  method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  /** Below the project. */
  path: string;
  body?: Body;
  /** The recorded id of what it creates; left out where that is there already. */
  as?: string;
  /** The recorded id of the container that comes with it. */
  container?: string;
  /** Left out where an exchange whose name begins so does the same. */
  unless?: string;
  /** The next exchange followed at once: nothing is waited for, and before what changes something under the same number no time passes. */
  isQuick?: boolean;
}

const CAPABILITIES = 'MKNOD NET_RAW SYS_CHROOT SETUID SETGID CHOWN SYS_ADMIN DAC_OVERRIDE FOWNER FSETID SETPCAP AUDIT_WRITE SETFCAP';

/** What the recordings' services are made of, as their requests say. */
const launchConfig = (changes: Body = {}): Body => ({
  type: 'launchConfig',
  kind: 'container',
  networkMode: 'managed',
  startOnCreate: true,
  stdinOpen: true,
  tty: true,
  capDrop: CAPABILITIES.split(' '),
  dataVolumes: [],
  environment: { URL_PREFIX: '/narrative/', PROXY_SESSION: 'abc123' },
  imageUuid: 'docker:kbase/narrative:1.0',
  labels: {
    'io.rancher.container.pull_image': 'always',
    'io.rancher.scheduler.global': 'false',
    'traefik.enable': 'True',
    'traefik.frontend.rule': 'PathPrefix:/narrative/alice',
    session_id: 'abc123',
    narrative: 'alice',
  },
  logConfig: { config: {}, driver: '' },
  ports: ['8888/tcp'],
  secrets: [],
  ...changes,
});

type More = Partial<Arrangement> & { fields?: Body; config?: Body };

const service = (name: string, stackId: string, as: string, { fields, config, ...more }: More & { name: string }): Arrangement => ({
  method: 'POST',
  path: 'services',
  as,
  body: { type: 'service', name, stackId, scale: 1, startOnCreate: true, metadata: {}, launchConfig: launchConfig(config), ...fields },
  ...more,
});

const stack = (name: string, as: string, at: string, fields: Body = {}): Arrangement => ({
  name: at,
  method: 'POST',
  path: 'stacks',
  as,
  body: { type: 'stack', name, ...fields },
});

const remove = (at: string, id: string): Arrangement => ({ name: `${at}-${id}`, method: 'DELETE', path: `services/${id}` });

const act = (name: string, path: string, body?: Body): Arrangement => ({
  name,
  method: 'POST',
  path,
  unless: `${name.slice(0, 5)}-`,
  ...(body && { body }),
});

const upgrade = (name: string, id: string, startFirst: boolean): Arrangement =>
  act(name, `services/${id}?action=upgrade`, {
    inServiceStrategy: { batchSize: 1, intervalMillis: 1000, startFirst, launchConfig: launchConfig() },
  });

const IDLE = { fields: { startOnCreate: false } };
const MAIN = '1st7';

/** What a server of the recordings had before the first exchange. */
const driver = (block: string): Arrangement[] => [
  stack('default-test-driver', '1st1', `${block}!1`, { system: true }),
  { ...service('default-test-driver', '1st1', '1s1', { name: `${block}!2` }), path: 'networkdriverservices' },
];

const FIRST: readonly Arrangement[] = [
  ...driver('01-00'),
  stack('probe0', '1st2', '01-00!3'),
  service('p0', '1st2', '1s2', { name: '01-00!4', container: '1i1', config: { ports: [] } }),
  service('nar-nostart', MAIN, '1s5', { name: '02-07~', ...IDLE, isQuick: true }),
  stack('other-stack', '1st9', '03-01~1'),
  service('narrative-alice-a1b2c3', '1st9', '1s10', { name: '03-01~2', ...IDLE }),
  service('x6', MAIN, '1s12', { name: '03-03~', isQuick: true }),
  service('nar-p1', MAIN, '1s16', { name: '03-05c~', config: { ports: ['9999:8888/tcp'] } }),
  service('nar-unk2', MAIN, '1s19', { name: '03-06d~', ...IDLE, isQuick: true }),
  service('x12', MAIN, '1s21', { name: '03-06g~', config: { networkMode: 'bogus' }, isQuick: true }),
  ...['1s7', '1s8', '1s11', '1s12', '1s13', '1s14', '1s15', '1s16', '1s18', '1s19', '1s20', '1s21', '1s22'].map((id) =>
    remove('03-20!1', id),
  ),
  service('put-me', MAIN, '1s23', { name: '03-20!2' }),
  { ...act('03-21!', 'services/1s23', { name: 'put-me-renamed' }), method: 'PUT' },
  // The recorder watched until the rename was done.
  { name: '03-21f~', method: 'GET', path: 'services/1s23', unless: '03-21g' },
  { ...act('03-25!', 'services/1s23', { scale: 2 }), method: 'PUT' },
  service('act-me', MAIN, '1s24', { name: '04-01!' }),
  service('upg-me', MAIN, '1s25', { name: '04-07!', config: { ports: ['51952:8888/tcp'] } }),
  { name: '04-12!', method: 'PUT', path: 'services/1s25', body: { scale: 3 } },
  service('lt', MAIN, '1s26', { name: '04-20!1' }),
  act('04-20!2', 'services/1s3?action=setservicelinks', { serviceLinks: [{ serviceId: '1s26', name: 'lt' }] }),
  act('04-24!', 'services/1s3?action=addservicelink', { serviceLink: { serviceId: '1s26', name: 'x' } }),
  service('vol-me', MAIN, '1s27', { name: '05-18!', config: { dataVolumes: ['data:/data'] } }),
  service('hc-me', MAIN, '1s28', {
    name: '05-19!',
    unless: '05-19',
    ...IDLE,
    config: {
      healthCheck: {
        port: 8888,
        interval: 2000,
        responseTimeout: 2000,
        healthyThreshold: 2,
        unhealthyThreshold: 3,
        requestLine: 'GET / HTTP/1.0',
      },
    },
  }),
  { name: '05-19a~', method: 'POST', path: 'services/1s28?action=activate', unless: '05-19', isQuick: true },
  service('del-fast', MAIN, '1s29', { name: '07-14!', isQuick: true }),
  service('act-fast', MAIN, '1s30', { name: '07-15!', isQuick: true }),
  service('del-c', MAIN, '1s31', { name: '07-17!1', container: '1i54' }),
  { ...remove('07-17!2', '1s31'), isQuick: true },
  service('reuse-me', MAIN, '1s32', { name: '07-18!1' }),
  { ...remove('07-18!2', '1s32'), isQuick: true },
  stack('del-stack', '1st10', '07-19!1'),
  service('in-del-stack', '1st10', '1s33', { name: '07-19!2' }),
  service('del-later', MAIN, '1s8001', { name: '07-21!1', unless: '07-21-' }),
  { ...remove('07-21!2', '1s8001'), unless: '07-21-', isQuick: true },
  service('can-me', MAIN, '1s34', { name: '04-30!', fields: { scale: 3 }, config: { ports: [] } }),
  act('04-31!', 'services/1s34?action=cancelupgrade'),
  act('04-32!', 'services/1s34?action=continueupgrade'),
  ...['1s23', '1s24', '1s25', '1s26', '1s29', '1s33'].map((id) => remove('09-01!0', id)),
  stack('capacity', '1st11', '09-01!1'),
  ...Array.from({ length: 200 }, (_, index) =>
    service(`cap-${index}`, '1st11', `cap-${index}`, { name: `09-01!2-${index}`, ...IDLE, isQuick: true }),
  ),
];

const PROXY: readonly Arrangement[] = [
  stack('nar-stack', '1st1', '05-20!1'),
  stack('nar-stack-2', '1st2', '05-20!2'),
  service('other', '1st1', '1s1', { name: '05-20!3', ...IDLE }),
  service('narrative-erin-1', '1st2', '1s2', { name: '05-20!4', container: '1i1' }),
];

const CLIENTS: readonly Arrangement[] = [
  ...driver('11-00'),
  stack('nar-stack', '1st2', '11-00!3'),
  service('narrative-carol-1', '1st2', '1s2', { name: '11-00!4', container: '1i1' }),
  { name: '11-03d~', method: 'DELETE', path: 'containers/1i2' },
  service('nar-once', '1st2', '1s4', {
    name: '11-06!',
    container: '1i4',
    config: { labels: { 'io.rancher.container.start_once': 'true' } },
  }),
  { name: '04-40!1', method: 'POST', path: 'hosts/1h2?action=deactivate' },
  service('one-host', '1st2', '1s18', { name: '04-40!2' }),
  upgrade('04-40!3', '1s18', true),
  service('one-host2', '1st2', '1s19', { name: '04-43!1' }),
  upgrade('04-43!2', '1s19', false),
  { name: '04-45!1', method: 'POST', path: 'hosts/1h1?action=deactivate' },
  service('no-hosts', '1st2', '1s20', { name: '04-45!2', unless: '04-45-', isQuick: true }),
  { name: '04-45c~', method: 'POST', path: 'hosts/1h1?action=activate' },
  service('one-host3', '1st2', '1s21', { name: '04-46!', config: { ports: ['55079:8888/tcp'] } }),
];

/** All of them; each belongs to the run that its name does. */
export const ARRANGEMENTS: readonly Arrangement[] = [...FIRST, ...PROXY, ...CLIENTS];

/** For an id that nothing explains: something of its kind. */
export const plainService = (name: string, stackId: string): Body => ({
  type: 'service',
  name,
  stackId,
  scale: 1,
  startOnCreate: true,
  launchConfig: launchConfig(),
});
