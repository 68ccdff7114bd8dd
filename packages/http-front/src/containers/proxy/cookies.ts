/** Cookies of a container's own are kept in the browser under names of ours, so that no other cookie of the site is ever taken for one of them. */
const marked = (id: string, port: number): string => `c-${id}-${port}-`;

export interface Place {
  /** The container's id. */
  id: string;
  port: number;
}

/** The path below which a container's port is reached; ends with a slash. */
export const placePath = ({ id, port }: Place): string => `/v1/container/${id}/proxy/${port}/`;

/** Of the header Cookie what is the container's, under its own names; undefined where there is none. Pure. */
export function cookiesFor({ id, port }: Place, header: string | undefined): string | undefined {
  const mark = marked(id, port);
  const own = (header ?? '')
    .split(';')
    .map((pair) => pair.trim())
    .flatMap((pair) => (pair.startsWith(mark) && pair.includes('=') ? [pair.slice(mark.length)] : []));
  return own.length > 0 ? own.join('; ') : undefined;
}

const isAttribute = (name: string) => (text: string) => text.split('=', 1)[0]?.trim().toLowerCase() === name;

/** What a container's path is among the site's; what isn't one is the whole container. */
function pathBelow(place: Place, path: string | undefined): string {
  const value = path?.slice(path.indexOf('=') + 1).trim();
  return value?.startsWith('/') ? `${placePath(place)}${value.slice(1)}` : placePath(place);
}

/**
 * A Set-Cookie of a container's, which is kept for this container's port alone: no Domain, its Path below the port's, its name marked.
 * undefined where it names nothing. Pure.
 */
export function cookieFrom(place: Place, header: string): string | undefined {
  const [pair = '', ...attributes] = header.split(';');
  const name = pair.slice(0, Math.max(0, pair.indexOf('='))).trim();
  if (name === '') return undefined;
  const kept = attributes.map((text) => text.trim()).filter((text) => !isAttribute('path')(text) && !isAttribute('domain')(text));
  const path = pathBelow(place, attributes.find(isAttribute('path')));
  return [`${marked(place.id, place.port)}${pair.trim()}`, ...kept, `Path=${path}`].join('; ');
}
