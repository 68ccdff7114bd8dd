import { IMPORTED_SERVICE_ANNOTATION } from '@mooring/resources';
import type { Target } from '../reading.js';

/**
 * What Traefik may call a session's service: our document and our labels name it by the uid. A service that narrative-traefiker left has
 * no name of its own there, so that Traefik 2's Rancher provider names it by service and stack.
 */
export function traefikNames({ session }: Target, stackName: string | undefined): readonly string[] {
  const { uid, annotations } = session.metadata;
  const name = session.status.service?.name;
  const isImported = annotations?.[IMPORTED_SERVICE_ANNOTATION] !== undefined && name !== undefined && stackName !== undefined;
  return [`${uid}@http`, `${uid}@rancher`, ...(isImported ? [`${name}_${stackName}@rancher`] : [])];
}

/** What a map holds for the first of the names that it knows. */
export function firstOf<T>(map: ReadonlyMap<string, T>, names: readonly string[]): T | undefined {
  const name = names.find((each) => map.has(each));
  return name === undefined ? undefined : map.get(name);
}
