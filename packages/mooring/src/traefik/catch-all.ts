import { FALLBACK_PRIORITY, fallbackRule } from '@mooring/controller';
import { unusedCertificate } from './unused-certificate.js';

/**
 * What the file provider gives Traefik beside the HTTP provider's routes: the way to the front, which so stays when Traefik is started
 * while the route document can't be had; and its own API, for requests that name this machine (a page of another site that has its name
 * point to 127.0.0.1 doesn't). No entry point ends TLS: the certificate is there so that Traefik makes none at each change of its routes.
 */
export function catchAllConfig(frontUrl: string, frontPaths: readonly string[]): object {
  const { certificate, key } = unusedCertificate();
  return {
    tls: { stores: { default: { defaultCertificate: { certFile: certificate, keyFile: key } } } },
    http: {
      routers: {
        'catch-all': { rule: fallbackRule(frontPaths, []), priority: FALLBACK_PRIORITY, entryPoints: ['web'], service: 'front' },
        api: { rule: 'PathPrefix(`/api`) && (Host(`127.0.0.1`) || Host(`localhost`))', entryPoints: ['traefik'], service: 'api@internal' },
      },
      services: { front: { loadBalancer: { servers: [{ url: frontUrl }] } } },
    },
  };
}
