import type { PathMiddleware } from '@mooring/resources';

/** A label that a deployment may not have, and what it may have instead. */
export class BadLabelError extends Error {
  override readonly name = 'BadLabelError';
  constructor(
    readonly field: string,
    readonly reason: string,
  ) {
    super(`${field} ${reason}.`);
  }
}

interface Said<T> {
  field: string;
  value: T;
}

/** What a deployment's `traefik.*` labels say. */
export interface TraefikLabels {
  /** `traefik.enable` is false. */
  disabled: boolean;
  rule?: Said<string>;
  entryPoints?: Said<string[]>;
  tls?: boolean;
  port?: number;
  middlewares: PathMiddleware[];
}

const SECTIONS = new Set(['routers', 'services', 'middlewares']);
const comma = (text: string): string[] =>
  text
    .split(',')
    .map((part) => part.trim())
    .filter(Boolean);

/** Traefik's own words, which it writes and reads in any case. */
const MIDDLEWARES: Readonly<Record<string, (fields: Record<string, string>) => PathMiddleware>> = {
  stripprefix: ({ prefixes = '' }) => ({ type: 'stripPrefix', prefixes: comma(prefixes) }),
  addprefix: ({ prefix = '' }) => ({ type: 'addPrefix', prefix }),
  replacepath: ({ path = '' }) => ({ type: 'replacePath', path }),
  replacepathregex: ({ regex = '', replacement = '' }) => ({ type: 'replacePathRegex', regex, replacement }),
};
const FIELDS: Readonly<Record<string, readonly string[]>> = {
  stripprefix: ['prefixes', 'forceslash'],
  addprefix: ['prefix'],
  replacepath: ['path'],
  replacepathregex: ['regex', 'replacement'],
};

class LabelReader {
  readonly said: TraefikLabels = { disabled: false, middlewares: [] };
  readonly #middlewares = new Map<string, { kind: string; fields: Record<string, string> }>();
  #applied: Said<string[]> | undefined;
  #router: string | undefined;

  constructor(private readonly name: string) {}

  read(label: string, value: string): void {
    const field = `labels.${label}`;
    const [, protocol = '', section = '', object = '', ...rest] = label.split('.');
    if (protocol.toLowerCase() === 'enable' && section === '') {
      this.said.disabled = value.toLowerCase() !== 'true';
      return;
    }
    if (protocol.toLowerCase() === 'docker') return;
    if (protocol.toLowerCase() !== 'http' || !SECTIONS.has(section.toLowerCase()))
      throw new BadLabelError(
        field,
        'is not one of traefik.enable, traefik.http.routers, traefik.http.services and traefik.http.middlewares',
      );
    if (object !== this.name && !object.startsWith(`${this.name}-`))
      throw new BadLabelError(
        field,
        `names ${JSON.stringify(object.slice(0, 80))}: a deployment may have routers, services and middlewares of its own name only, ${this.name} or ${this.name}-…`,
      );
    const option = rest.join('.').toLowerCase();
    if (section.toLowerCase() === 'routers') this.#readRouter(object, option, { field, value });
    else if (section.toLowerCase() === 'services') this.#readService(option, { field, value });
    else this.#readMiddleware(object, option, { field, value });
  }

  finish(): TraefikLabels {
    for (const name of this.#applied?.value ?? []) {
      const known = this.#middlewares.get(name);
      if (!known)
        throw new BadLabelError(
          this.#applied?.field ?? 'labels',
          `names the middleware ${JSON.stringify(name)}, which these labels do not define`,
        );
      const make = MIDDLEWARES[known.kind];
      if (make) this.said.middlewares.push(make(known.fields));
    }
    return this.said;
  }

  #readRouter(object: string, option: string, said: Said<string>): void {
    if (this.#router !== undefined && this.#router !== object)
      throw new BadLabelError(said.field, `is a second router; there may be one, ${this.#router}`);
    this.#router = object;
    switch (option) {
      case 'rule':
        this.said.rule = said;
        return;
      case 'entrypoints':
        this.said.entryPoints = { field: said.field, value: comma(said.value) };
        return;
      case 'middlewares':
        this.#applied = { field: said.field, value: comma(said.value) };
        return;
      case 'tls':
        this.said.tls = said.value.toLowerCase() === 'true';
        return;
      case 'service':
        if (said.value !== this.name && !said.value.startsWith(`${this.name}-`))
          throw new BadLabelError(said.field, "names a service that is not the deployment's own");
        return;
      case 'priority':
        // Every route here goes by whole names, so none is in the way of another.
        return;
      default:
        throw new BadLabelError(said.field, 'is not one of rule, entrypoints, middlewares, service, tls and priority');
    }
  }

  #readService(option: string, { field, value }: Said<string>): void {
    if (option !== 'loadbalancer.server.port') throw new BadLabelError(field, 'is not loadbalancer.server.port');
    const port = Number(value);
    if (!/^\d{1,5}$/.test(value) || port < 1 || port > 65_535) throw new BadLabelError(field, 'must be a port, such as 9000');
    this.said.port = port;
  }

  #readMiddleware(object: string, option: string, { field, value }: Said<string>): void {
    const [kind = '', name = ''] = option.split('.');
    if (!FIELDS[kind]?.includes(name))
      throw new BadLabelError(
        field,
        'is not one of stripprefix.prefixes, addprefix.prefix, replacepath.path, replacepathregex.regex and replacepathregex.replacement',
      );
    const known = this.#middlewares.get(object) ?? { kind, fields: {} };
    if (known.kind !== kind) throw new BadLabelError(field, `makes the middleware ${object} two things at once`);
    known.fields[name] = value;
    this.#middlewares.set(object, known);
  }
}

export const isTraefikLabel = (label: string): boolean => /^traefik\./i.test(label);

/** @throws BadLabelError where they reach for what isn't the deployment's own, or mean nothing here */
export function readTraefikLabels(name: string, labels: Readonly<Record<string, string>>): TraefikLabels {
  const reader = new LabelReader(name);
  for (const [label, value] of Object.entries(labels)) if (isTraefikLabel(label)) reader.read(label, value);
  return reader.finish();
}
