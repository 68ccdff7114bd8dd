import { isNamedRoute, type NamedRoute, PROBE_HEADER, type Session } from '@mooring/resources';
import { middlewareLabels } from './middlewares.js';
import { routePriority, routeRule } from './rules.js';

export interface LabelSettings {
  /** Traefik's entry point that the labels name. */
  entryPoint: string;
  /** Who says whether a request may go on to the session, as in the document. */
  verifyUrl?: string | undefined;
  /** Hosts that are for containers alone that are asked for by name. */
  directHosts?: readonly string[] | undefined;
}

const verifyLabels = (name: string, verifyUrl: string): Record<string, string> => ({
  [`traefik.http.routers.${name}.middlewares`]: name,
  [`traefik.http.middlewares.${name}.forwardauth.address`]: `${verifyUrl}${name}`,
  [`traefik.http.middlewares.${name}.forwardauth.authresponseheaders`]: PROBE_HEADER,
});

const namedLabels = (name: string, { tls, middlewares }: NamedRoute): Record<string, string> => ({
  ...(tls && { [`traefik.http.routers.${name}.tls`]: 'true' }),
  ...middlewareLabels(name, middlewares),
});

/**
 * narrative-traefiker's labels, from which Traefik 2's Rancher provider makes the route. Router and service are named by the
 * Session's uid: the provider would otherwise name the Traefik service after the Rancher service, and a rename would change it.
 */
export function routeLabels(
  session: Session,
  secret: string | undefined,
  { entryPoint, verifyUrl, directHosts }: LabelSettings,
): Record<string, string> {
  const { route, launch } = session.spec;
  if (route.type === 'none') return { 'traefik.enable': 'False' };
  if (secret === undefined) throw new TypeError(`the session ${session.metadata.name} has no secret to route by`);
  const name = session.metadata.uid;
  const entryPoints = isNamedRoute(route) && route.entryPoints.length > 0 ? route.entryPoints.join(',') : entryPoint;
  return {
    'traefik.enable': 'True',
    session_id: secret,
    [`traefik.http.routers.${name}.rule`]: routeRule(route, secret, 'v2'),
    [`traefik.http.routers.${name}.priority`]: String(routePriority(route, directHosts)),
    [`traefik.http.routers.${name}.entrypoints`]: entryPoints,
    [`traefik.http.routers.${name}.service`]: name,
    [`traefik.http.services.${name}.loadbalancer.server.port`]: String(launch.port),
    ...(isNamedRoute(route) ? namedLabels(name, route) : verifyUrl !== undefined && verifyLabels(name, verifyUrl)),
  };
}
