import { noteSecret } from '../../leaks/watch.js';

export const COMPOSE_FILES = [
  'deploy/docker/docker-compose.yml',
  'deploy/rancher/docker-compose.yml',
  'deploy/rancher/containers/docker-compose.yml',
  'deploy/rancher/traefik3/docker-compose.yml',
  'deploy/domains/docker-compose.yml',
  'deploy/domains/docker-compose.sidekick.yml',
] as const;

/** What a site fills into the compose files; its Rancher is none, so that Mooring waits. */
export const SITE = {
  MOORING_IMAGE: 'mooring',
  RANCHER_URL: 'http://127.0.0.1:1/v2-beta',
  RANCHER_ACCESS_KEY: 'key',
  RANCHER_SECRET_KEY: 'of-the-compose-file',
  RANCHER_ENV_URL: 'http://127.0.0.1:1/v2-beta/projects/1a5',
  RANCHER_STACK: 'narrative',
  AUTH2_URL: 'http://127.0.0.1:1/me',
  SITE_HOSTNAME: 'narrative.example.org',
  NOTEBOOK_IMAGE: 'kbase/narrative',
  NOTEBOOK_TAG: '4.2.0',
  TRAEFIK_TOKEN: 'token-of-the-compose-file-0123456789',
  DEPLOY_FOLDER: '/opt/mooring/deploy/rancher/traefik3',
  SATELLITE_FOLDER: '/etc/mooring-satellite',
  SQUID_IMAGE: 'mooring/squid',
  STACK_DOMAIN: 'dev.example.org',
  STATS_PASSWORD: 'password-of-the-compose-file',
};
for (const secret of [SITE.RANCHER_SECRET_KEY, SITE.TRAEFIK_TOKEN, SITE.STATS_PASSWORD]) noteSecret(secret);
