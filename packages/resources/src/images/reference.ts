/** An image reference, taken apart: `registry.example:5000/acme/web:1.2@sha256:…`. */
export interface ImageReference {
  /** Host and port; `docker.io` where the reference names none. */
  registry: string;
  /** Namespace and name: `acme/web`, or `library/nginx` for Docker Hub's own. */
  repository: string;
  tag?: string;
  digest?: string;
}

/** Docker Hub, whose references may leave out registry and namespace (distribution/reference, normalize.go). */
const HUB = 'docker.io';
const HUB_ALIASES: readonly string[] = [HUB, 'index.docker.io', 'registry-1.docker.io'];

const MAX_NAME = 255;
/** The grammar of distribution/reference: what a host is, what a part of a path is, what a tag is, what a digest is. */
const HOST = /^(?:[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?(?:\.[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?)*|\[[0-9A-Fa-f:]+\])(?::\d{1,5})?$/;
const PATH_COMPONENT = /^[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*$/;
const TAG = /^\w[\w.-]{0,127}$/;
const DIGEST = /^[A-Za-z][A-Za-z0-9]*(?:[-_+.][A-Za-z][A-Za-z0-9]*)*:[0-9A-Fa-f]{32,}$/;

/** What stands before a slash is a host only if it looks like one: it has a dot or a port, is localhost, or has a capital letter. */
const isHost = (part: string): boolean => /[.:]/.test(part) || part === 'localhost' || part !== part.toLowerCase();

/** Reads a reference by the grammar of Docker's distribution, with Rancher's `docker:` in front or without; undefined where it is none. */
export function parseReference(text: string): ImageReference | undefined {
  const [named = '', digest, ...more] = text.replace(/^docker:/, '').split('@');
  if (more.length > 0 || (digest !== undefined && !DIGEST.test(digest))) return undefined;
  const { name, tag } = splitTag(named);
  if (tag !== undefined && !TAG.test(tag)) return undefined;
  const located = locate(name);
  return located && { ...located, ...(tag !== undefined && { tag }), ...(digest !== undefined && { digest }) };
}

/** A colon after the last slash begins a tag; one before it begins a port. */
function splitTag(named: string): { name: string; tag?: string } {
  const colon = named.indexOf(':', named.lastIndexOf('/') + 1);
  return colon < 0 ? { name: named } : { name: named.slice(0, colon), tag: named.slice(colon + 1) };
}

function locate(name: string): Pick<ImageReference, 'registry' | 'repository'> | undefined {
  const [first = '', ...rest] = name.split('/');
  const named = rest.length > 0 && isHost(first);
  const registry = named ? first.toLowerCase() : HUB;
  const path = named ? rest : [first, ...rest];
  if (!HOST.test(registry) || name.length > MAX_NAME || !path.every((part) => PATH_COMPONENT.test(part))) return undefined;
  const isHub = HUB_ALIASES.includes(registry);
  return { registry: isHub ? HUB : registry, repository: isHub && path.length === 1 ? `library/${path[0]}` : path.join('/') };
}

/** Whether both are of one repository of one registry, whatever their tags: `web` and `web1` aren't, `nginx` and `docker.io/library/nginx` are. */
export const sameRepository = (a: ImageReference, b: ImageReference): boolean => a.registry === b.registry && a.repository === b.repository;
