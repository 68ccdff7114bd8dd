#!/usr/bin/env node
// Writes the compose files and systemd units of deploy/ from what is said once here; with --check, only says whether they are up to date.
// packages/mooring/test/deploy.test.ts reads their environment as mooring serve does.
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const DEPLOY = new URL('../deploy/', import.meta.url);
const HEAD = '# Written by scripts/deploy-files.mjs: change it there.\n';
/** What compose files take from the environment. */
const variable = (name) => `$\{${name}}`;

/** What a site says about itself; compose files take it from the environment or a file .env beside them. */
const SITE = {
  rancher_url: variable('RANCHER_URL'),
  rancher_user: variable('RANCHER_ACCESS_KEY'),
  rancher_password: variable('RANCHER_SECRET_KEY'),
  auth2: variable('AUTH2_URL'),
  hostname: variable('SITE_HOSTNAME'),
  image_name: variable('NOTEBOOK_IMAGE'),
  image_tag: variable('NOTEBOOK_TAG'),
};
const BEHIND_TRAEFIK = {
  MOORING_TRUSTED_PROXIES: '10.42.0.0/16',
  MOORING_TRAEFIK_URL: 'http://traefik',
  traefik_metrics: 'http://traefik:8080/metrics',
};
const DOCUMENT = { MOORING_FRONT_URL: 'http://mooring:5000', MOORING_TRAEFIK_TOKEN: variable('TRAEFIK_TOKEN') };
const FRONT_RULE = 'PathPrefix(`/narrative`) || PathPrefix(`/api/v1/`)';

const mooring = ({ environment, labels }) => ({
  image: variable('MOORING_IMAGE'),
  environment,
  labels,
  volumes: ['mooring:/data'],
  read_only: true,
  tmpfs: ['/tmp'],
  cap_drop: ['ALL'],
  ulimits: { nofile: { soft: 65536, hard: 65536 } },
  stop_grace_period: '15s',
});

/** Rancher gives a key of the environment (CATTLE_…) to whom these labels ask for one: rollouts use it. */
const AGENT_LABELS = { 'io.rancher.container.create_agent': 'true', 'io.rancher.container.agent.role': 'environment' };
const FRONT_LABELS = {
  'traefik.enable': 'true',
  'traefik.http.routers.mooring.rule': FRONT_RULE,
  'traefik.http.routers.mooring.priority': '1',
  'traefik.http.routers.mooring.entrypoints': 'web',
  'traefik.http.services.mooring.loadbalancer.server.port': '5000',
};
const METRICS = ['--metrics.prometheus=true', '--metrics.prometheus.entryPoint=traefik', '--metrics.prometheus.addServicesLabels=true'];
const ENTRY_POINTS = ['--entryPoints.web.address=:80', '--entryPoints.traefik.address=:8080'];

const traefik2 = {
  image: 'traefik:2.11',
  command: [
    ...ENTRY_POINTS,
    ...METRICS,
    '--providers.rancher=true',
    '--providers.rancher.exposedByDefault=false',
    '--providers.rancher.refreshSeconds=1',
    '--providers.providersThrottleDuration=50ms',
    `--providers.http.endpoint=http://mooring:${variable('TRAEFIK_TOKEN')}@mooring:5001/traefik/config`,
    '--providers.http.pollInterval=100ms',
  ],
  ports: ['80:80'],
};
const traefik3 = (folder) => ({
  image: 'traefik:3.7',
  command: [
    ...ENTRY_POINTS,
    ...METRICS,
    '--api=true',
    '--entryPoints.web.http.maxHeaderBytes=12288',
    '--entryPoints.web.transport.respondingTimeouts.readTimeout=0s',
    '--providers.providersThrottleDuration=50ms',
    '--providers.http.endpoint=http://mooring:5001/traefik/config',
    '--providers.http.pollInterval=100ms',
    `--providers.http.headers.Authorization=Bearer ${variable('TRAEFIK_TOKEN')}`,
    '--providers.http.headers.Prefer=wait=1',
    '--providers.file.filename=/etc/traefik/catch-all.yml',
  ],
  ports: ['80:80'],
  volumes: [`${folder}/catch-all.yml:/etc/traefik/catch-all.yml:ro`],
});

/** The way to the front that stays while Mooring can't be asked, and of Traefik's API its version only. */
const catchAll = {
  http: {
    routers: {
      'catch-all': { rule: FRONT_RULE, priority: 1, entryPoints: ['web'], service: 'front' },
      version: { rule: 'Path(`/api/version`)', entryPoints: ['traefik'], service: 'api@internal' },
    },
    services: { front: { loadBalancer: { servers: [{ url: 'http://mooring:5000' }] } } },
  },
};

const two = { MOORING_ROUTES: 'labels', ...SITE, ...BEHIND_TRAEFIK, ...DOCUMENT };
const three = { MOORING_ROUTES: 'http', MOORING_TRAEFIK_API_URL: 'http://traefik:8080', ...SITE, ...BEHIND_TRAEFIK, ...DOCUMENT };
const volumes = { mooring: {} };
/** A file in a folder of every host; its group is root's, as whom the satellite may use Docker's socket. */
const SECRET_VOLUME = `${variable('SATELLITE_FOLDER')}:/run/satellite:ro`;
const SECRET_FILE = '/run/satellite/secret';
const PROXY = 'http://squid:3128';
const ON_EVERY_HOST = { 'io.rancher.scheduler.global': 'true' };

/** What asks each host's Docker about containers, and what keeps what they fetch there. */
const hostServices = {
  satellite: {
    image: variable('MOORING_IMAGE'),
    entrypoint: ['node', '--max-semi-space-size=1', 'packages/satellite/dist/main.js'],
    environment: {
      SATELLITE_LISTEN: '0.0.0.0:5007',
      SATELLITE_SECRET_FILE: SECRET_FILE,
      SATELLITE_DATA: '/var/lib/satellite',
      SATELLITE_DOCKER_URL: 'unix:///var/run/docker.sock',
    },
    labels: { ...ON_EVERY_HOST, 'mooring.dev/satellite': '5007' },
    user: '0:0',
    volumes: ['/var/run/docker.sock:/var/run/docker.sock', SECRET_VOLUME, 'satellite:/var/lib/satellite'],
    read_only: true,
    tmpfs: ['/tmp'],
    cap_drop: ['ALL'],
  },
  squid: { image: variable('SQUID_IMAGE'), labels: ON_EVERY_HOST, volumes: ['squid:/var/spool/squid'] },
};
const withContainers = {
  MOORING_SATELLITE_SECRET_FILE: SECRET_FILE,
  MOORING_CONTAINERS_PROXY: PROXY,
  NARRENV_http_proxy: PROXY,
};
const CONTAINERS_RULE = `${FRONT_RULE} || PathPrefix(\`/v1/\`)`;

/** Rancher 1.6's compose takes version 2, which knows no stop_grace_period. */
const forRancher = ({ stop_grace_period: _grace, ...service }) => service;
const withVolume = (service, volume) => ({ ...service, volumes: [...service.volumes, volume] });

export const COMPOSE = {
  'rancher/docker-compose.yml': {
    ...{ version: '2', volumes },
    services: { mooring: forRancher(mooring({ environment: two, labels: { ...AGENT_LABELS, ...FRONT_LABELS } })), traefik: traefik2 },
  },
  'rancher/traefik3/docker-compose.yml': {
    ...{ version: '2', volumes },
    services: { mooring: forRancher(mooring({ environment: three, labels: AGENT_LABELS })), traefik: traefik3(variable('DEPLOY_FOLDER')) },
  },
  'rancher/containers/docker-compose.yml': {
    ...{ version: '2', volumes: { ...volumes, satellite: {}, squid: {} } },
    services: {
      mooring: withVolume(
        forRancher(
          mooring({
            environment: { ...two, ...withContainers },
            labels: { ...AGENT_LABELS, ...FRONT_LABELS, 'traefik.http.routers.mooring.rule': CONTAINERS_RULE },
          }),
        ),
        SECRET_VOLUME,
      ),
      traefik: traefik2,
      ...hostServices,
    },
  },
  'docker/docker-compose.yml': {
    ...{ version: '3.8', volumes: { ...volumes, rancher: {} } },
    services: {
      'rancher-server': {
        image: 'rancher/server:v1.6.30',
        restart: 'unless-stopped',
        ports: ['127.0.0.1:8088:8080'],
        volumes: ['rancher:/var/lib/mysql'],
      },
      mooring: {
        build: { context: '../..', dockerfile: 'deploy/Dockerfile' },
        ...mooring({
          environment: {
            ...three,
            rancher_env_url: variable('RANCHER_ENV_URL'),
            rancher_stack_name: variable('RANCHER_STACK'),
            MOORING_TRUSTED_PROXIES: '172.16.0.0/12',
          },
          labels: {},
        }),
        restart: 'unless-stopped',
      },
      traefik: { ...traefik3('.'), ports: ['127.0.0.1:8090:80'], restart: 'unless-stopped' },
    },
  },
};

const RANCHER_COMPOSE = {
  version: '2',
  services: {
    mooring: {
      scale: 1,
      start_on_create: true,
      health_check: {
        ...{ port: 5001, request_line: 'GET /healthz HTTP/1.0', interval: 5000, response_timeout: 2000 },
        ...{ healthy_threshold: 2, unhealthy_threshold: 6, initializing_timeout: 60000, strategy: 'recreate' },
      },
    },
    traefik: { scale: 1, start_on_create: true },
  },
};

const HOSTS_COMPOSE = {
  version: '2',
  services: {
    ...RANCHER_COMPOSE.services,
    satellite: {
      start_on_create: true,
      health_check: {
        ...{ port: 5007, request_line: 'GET /healthz HTTP/1.0', interval: 5000, response_timeout: 2000 },
        ...{ healthy_threshold: 2, unhealthy_threshold: 6, initializing_timeout: 60000, strategy: 'recreate' },
      },
    },
    squid: { start_on_create: true },
  },
};

/** What a systemd unit reads; secrets go into a second file that root alone can read. */
export const UNIT_ENVIRONMENT = {
  rancher_url: 'https://rancher.example.org/v2-beta',
  rancher_env_url: 'https://rancher.example.org/v2-beta/projects/1a5',
  rancher_stack_name: 'narrative',
  auth2: 'https://example.org/services/auth/api/V2/me',
  hostname: 'narrative.example.org',
  image_name: 'kbase/narrative',
  image_tag: '4.2.0',
  MOORING_DATA: '/var/lib/mooring',
  MOORING_TRAEFIK_URL: 'http://127.0.0.1',
  MOORING_TRAEFIK_API_URL: 'http://127.0.0.1:8080',
  MOORING_FRONT_URL: 'http://127.0.0.1:5000',
  MOORING_LISTEN: '127.0.0.1:5000',
  traefik_metrics: 'http://127.0.0.1:8080/metrics',
};

const HARDENED = `User=mooring
NoNewPrivileges=yes
ProtectSystem=strict
ProtectHome=yes
PrivateTmp=yes
PrivateDevices=yes
ProtectKernelTunables=yes
ProtectControlGroups=yes
RestrictAddressFamilies=AF_INET AF_INET6 AF_UNIX
CapabilityBoundingSet=
StateDirectory=mooring
StateDirectoryMode=0700
EnvironmentFile=/etc/mooring/mooring.env
EnvironmentFile=-/etc/mooring/secrets.env`;

const UNITS = {
  'systemd/mooring.service': `[Unit]
Description=Mooring: a notebook server for every signed-in person
After=network-online.target
Wants=network-online.target

[Service]
ExecStart=/usr/bin/node /opt/mooring/packages/mooring/dist/main.js serve
${HARDENED}
Restart=always
RestartSec=2
# A wrong configuration doesn't become right by being tried again.
RestartPreventExitStatus=2
TimeoutStopSec=20
LimitNOFILE=65536

[Install]
WantedBy=multi-user.target
`,
  'systemd/mooring-backup.service': `[Unit]
Description=A copy of Mooring's data folder

[Service]
Type=oneshot
ExecStart=/bin/sh -c 'exec /usr/bin/node /opt/mooring/packages/mooring/dist/main.js backup "/var/backups/mooring/$$(date +%%Y-%%m-%%dT%%H-%%M-%%S)"'
${HARDENED}
ReadWritePaths=/var/backups/mooring
`,
  'systemd/mooring-backup.timer': `[Unit]
Description=A copy of Mooring's data folder, every hour

[Timer]
OnCalendar=hourly
Persistent=true

[Install]
WantedBy=timers.target
`,
  'systemd/mooring.env': `${Object.entries(UNIT_ENVIRONMENT)
    .map(([key, value]) => `${key}=${value}`)
    .join('\n')}
`,
};

const scalar = (value) =>
  typeof value === 'string' && (/^(true|false|yes|no|on|off|null)$/i.test(value) || !/^[A-Za-z][\w./-]*$/.test(value))
    ? JSON.stringify(value)
    : String(value);

/** Plain YAML of what compose files consist of: maps, lists of scalars and of maps. */
function yaml(value, indent = '') {
  if (Array.isArray(value))
    return value
      .map((item) => (typeof item === 'object' ? `${indent}- ${yaml(item, `${indent}  `).trimStart()}` : `${indent}- ${scalar(item)}\n`))
      .join('');
  return Object.entries(value)
    .map(([key, item]) => {
      if (typeof item !== 'object') return `${indent}${scalar(key)}: ${scalar(item)}\n`;
      return Object.keys(item).length === 0 ? `${indent}${scalar(key)}: {}\n` : `${indent}${scalar(key)}:\n${yaml(item, `${indent}  `)}`;
    })
    .join('');
}

const FILES = {
  ...Object.fromEntries(Object.entries(COMPOSE).map(([name, content]) => [name, yaml(content)])),
  'rancher/rancher-compose.yml': yaml(RANCHER_COMPOSE),
  'rancher/containers/rancher-compose.yml': yaml(HOSTS_COMPOSE),
  'rancher/traefik3/rancher-compose.yml': yaml(RANCHER_COMPOSE),
  'rancher/traefik3/catch-all.yml': yaml(catchAll),
  'docker/catch-all.yml': yaml(catchAll),
  ...UNITS,
};

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  for (const [name, text] of Object.entries(FILES)) {
    const file = new URL(name, DEPLOY);
    if (!process.argv.includes('--check')) writeFileSync(file, HEAD + text);
    else if (readFileSync(file, 'utf8') !== HEAD + text) {
      console.error(`deploy/${name} is not up to date: node scripts/deploy-files.mjs`);
      process.exitCode = 1;
    }
  }
}
