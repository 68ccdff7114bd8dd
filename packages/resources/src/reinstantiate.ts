import { isDeepStrictEqual } from 'node:util';
import { ImageUnknownError, InvalidError } from './errors.js';
import { instantiate } from './instantiate.js';
import { type Session, type SessionSpec, sessionSpecSchema } from './session.js';
import type { SessionTemplate } from './session-template.js';

/** The part of a volume that says where in the container it is. */
const mountPath = (volume: string): string => volume.split(':')[1] ?? '';

/** What is mounted at a path stays mounted there: it holds somebody's files, and its name may come from a name that the session had before. */
function keptVolumes(wanted: readonly string[], had: readonly string[]): string[] {
  return wanted.map((volume) => had.find((old) => mountPath(old) === mountPath(volume)) ?? volume);
}

/**
 * The spec of a stopped session as its template would have it now: image, launch, probe and idle policy. Owner and route stay, and so do
 * volumes whose place in the container is the same. Where the template is at the session's version, or can't be copied at this moment
 * (its image is not known), or the session comes from none, the spec is answered as it is.
 */
export function reinstantiated({ metadata, spec }: Session, template: SessionTemplate | undefined): SessionSpec {
  if (template === undefined || spec.templateRef?.name !== template.metadata.name) return spec;
  const fresh = copyOf(template, { name: metadata.name, owner: spec.owner.name });
  if (fresh === undefined) return spec;
  if (isDeepStrictEqual(fresh.templateRef, spec.templateRef) && fresh.launch.image === spec.launch.image) return spec;
  const { idlePolicy: _before, ...rest } = spec;
  return {
    ...rest,
    templateRef: fresh.templateRef,
    launch: { ...fresh.launch, volumes: keptVolumes(fresh.launch.volumes, spec.launch.volumes) },
    probe: fresh.probe,
    ...(fresh.idlePolicy && { idlePolicy: fresh.idlePolicy }),
  };
}

function copyOf(template: SessionTemplate, instance: { name: string; owner: string }): SessionSpec | undefined {
  try {
    return sessionSpecSchema.parse(instantiate(template, instance).spec);
  } catch (error) {
    if (error instanceof ImageUnknownError || error instanceof InvalidError) return undefined;
    throw error;
  }
}
