import { type NamedRoute, type Route, routeSchema } from '@mooring/resources';
import { type Alternatives, parseRule } from './rule.js';
import type { DirectSettings } from './settings.js';
import { BadLabelError, type TraefikLabels } from './traefik-labels.js';

type Where = { type: 'instance' } | { type: 'path' };

/** What may stand around a cookie in a regular expression that means no other. */
const DECORATION = /^(?:\.\*|\^|\$|\(\?:\^\|;\\s\*\)|\(\?:;\|\$\)|\(;\|\$\)|\(\^\|;\\s\*\)|;?\\s\*|\b)*$/;

const refuse = (field: string, message: string): never => {
  throw new BadLabelError(field, message);
};

function pathOf(name: string, { path }: DirectSettings): string | undefined {
  return path && `${path.prefix}/${name}`;
}

function cookieOf(name: string, { cookie }: DirectSettings): string | undefined {
  return cookie && `${cookie.name}=${name}`;
}

const isOwnCookie = (expression: string, own: string): boolean => {
  const [before = '', after = '', ...more] = expression.split(own);
  return expression.includes(own) && more.length === 0 && DECORATION.test(before) && DECORATION.test(after);
};

class Reader {
  where: Where | undefined;
  hosts: string[] | undefined;

  constructor(
    private readonly field: string,
    private readonly name: string,
    private readonly settings: DirectSettings,
  ) {}

  read(alternatives: Alternatives): void {
    const [first] = alternatives;
    const args = alternatives.flatMap((matcher) => matcher.args);
    const areAll = (...names: string[]): boolean => alternatives.every(({ name }) => names.includes(name));
    if (areAll('host')) this.#hosts(args);
    else if (areAll('path', 'pathprefix')) this.#path(args);
    else if (areAll('headersregexp', 'headerregexp') && alternatives.length === 1) this.#cookie(args);
    else refuse(this.field, `may consist of Host, Path, PathPrefix and HeadersRegexp of Cookie, joined by &&, and not of ${first?.name}`);
  }

  #hosts(hosts: string[]): void {
    const stranger = hosts.find((host) => this.settings.hosts.length > 0 && !this.settings.hosts.includes(host.toLowerCase()));
    if (stranger !== undefined)
      refuse(this.field, `may name the hosts ${this.settings.hosts.join(', ')}, and not ${JSON.stringify(stranger)}`);
    this.hosts = hosts.map((host) => host.toLowerCase());
  }

  #path(paths: string[]): void {
    const own = pathOf(this.name, this.settings) ?? refuse(this.field, 'may not go by a path: path routing is not switched on here');
    if (!paths.every((path) => path.replace(/\/$/, '') === own)) refuse(this.field, `may have the path ${own} and no other`);
    this.#found({ type: 'path' });
  }

  #cookie([header = '', expression = '']: string[]): void {
    const own = cookieOf(this.name, this.settings) ?? refuse(this.field, 'may not go by a cookie: cookie routing is not switched on here');
    if (header.toLowerCase() !== 'cookie') refuse(this.field, 'may look at the header Cookie and no other');
    if (!isOwnCookie(expression, own)) refuse(this.field, `may look for the cookie ${own} and no other`);
    this.#found({ type: 'instance' });
  }

  #found(where: Where): void {
    if (this.where && this.where.type !== where.type) refuse(this.field, 'may go by a path or by a cookie, and not by both');
    this.where = where;
  }
}

/** Where the rule leads, or where a deployment without one does. */
function whereOf(
  name: string,
  labels: TraefikLabels,
  settings: DirectSettings,
): { where: Where; hosts?: string[] | undefined; isDefault: boolean } {
  if (labels.rule === undefined) return { where: settings.cookie ? { type: 'instance' } : { type: 'path' }, isDefault: true };
  const reader = new Reader(labels.rule.field, name, settings);
  const parts =
    parseRule(labels.rule.value) ?? refuse(labels.rule.field, 'is not a rule such as PathPrefix(`/apps/web`): matchers joined by &&');
  for (const part of parts) reader.read(part);
  const where = reader.where ?? refuse(labels.rule.field, `must name the container: by its path, or by its cookie`);
  return { where, hosts: reader.hosts, isDefault: false };
}

function checkEntryPoints({ entryPoints }: TraefikLabels, { entryPoints: allowed }: DirectSettings): void {
  const stranger = entryPoints?.value.find((name) => !allowed.includes(name));
  if (entryPoints && stranger !== undefined)
    refuse(entryPoints.field, `may name ${allowed.join(', ')} and not ${JSON.stringify(stranger)} (MOORING_DIRECT_ENTRYPOINTS)`);
}

/**
 * The route that a deployment's labels ask for, or the usual one where they ask for none.
 *
 * @throws BadLabelError where it would reach for what isn't its own
 */
export function routeOf(name: string, labels: TraefikLabels, settings: DirectSettings): Route {
  if (labels.disabled) return { type: 'none' };
  checkEntryPoints(labels, settings);
  const { where, hosts, isDefault } = whereOf(name, labels, settings);
  const path = pathOf(name, settings);
  const strip = isDefault && where.type === 'path' && path ? [{ type: 'stripPrefix', prefixes: [path] }] : [];
  const common = {
    hosts: hosts ?? settings.hosts,
    entryPoints: labels.entryPoints?.value ?? settings.entryPoints,
    tls: labels.tls ?? settings.tls,
    middlewares: labels.middlewares.length > 0 ? labels.middlewares : strip,
  };
  const own =
    where.type === 'path'
      ? { type: 'path', path }
      : { type: 'instance', name, cookieName: settings.cookie?.name, allowPlainCookie: settings.cookie?.allowPlain };
  const parsed = routeSchema.safeParse({ ...common, ...own });
  if (parsed.success) return parsed.data as NamedRoute;
  const [issue] = parsed.error.issues;
  return refuse('labels', `make no route: ${issue?.path.join('.')} ${issue?.message}`);
}
