import { isDeepStrictEqual } from 'node:util';
import { ImageUnknownError, InvalidError } from './errors.js';
import { instantiate } from './instantiate.js';
import { type Launch, type Session, type SessionSpec, type SessionUpdate, sessionSpecSchema } from './session.js';
import type { SessionTemplate } from './session-template.js';

/** The part of a volume that says where in the container it is. */
const mountPath = (volume: string): string => volume.split(':')[1] ?? '';

/**
 * What is mounted somewhere stays mounted there, whatever the template has by now: it holds somebody's files, and its name may come from a
 * name that the session had before.
 */
function keptVolumes(wanted: readonly string[], had: readonly string[]): string[] {
  const mountedAt = (volumes: readonly string[], path: string) => volumes.find((volume) => mountPath(volume) === path);
  const kept = wanted.map((volume) => mountedAt(had, mountPath(volume)) ?? volume);
  return [...kept, ...had.filter((volume) => mountedAt(wanted, mountPath(volume)) === undefined)];
}

/** Nothing that a session has got is lost: the template's values go over its variables, and those that the template has no more stay. */
const launchFrom = (fresh: Launch, had: Launch): Launch => ({
  ...fresh,
  env: { ...had.env, ...fresh.env },
  volumes: keptVolumes(fresh.volumes, had.volumes),
});

/**
 * The spec of a stopped session as its template would have it now: image, launch, probe and idle policy. Owner and route stay, and so do
 * its volumes and variables. Where the template is at the session's version, or can't be copied at this moment (its image is not known), or
 * the session comes from none, the spec is answered as it is.
 */
export function reinstantiated(session: Session, template: SessionTemplate | undefined): SessionSpec {
  const { spec } = session;
  const fresh = freshOf(session, template);
  if (fresh === undefined) return spec;
  const { idlePolicy: _before, update: _superseded, ...rest } = spec;
  return {
    ...rest,
    templateRef: fresh.templateRef,
    launch: launchFrom(fresh.launch, spec.launch),
    probe: fresh.probe,
    ...(fresh.idlePolicy && { idlePolicy: fresh.idlePolicy }),
  };
}

type NewVersion = Omit<SessionUpdate, 'by'>;

/** What was found last of a session's spec, and of which template and name it holds: every look at a session asks, and objects never change. */
const found = new WeakMap<SessionSpec, { template: SessionTemplate; name: string; version: NewVersion | undefined }>();

/** What its template would launch now in place of what a session launches; undefined where that is the same, or can't be told. */
export function newVersionOf(session: Session, template: SessionTemplate | undefined): NewVersion | undefined {
  if (template === undefined) return undefined;
  const { name } = session.metadata;
  const known = found.get(session.spec);
  if (known?.template === template && known.name === name) return known.version;
  const version = versionOf(session, template);
  found.set(session.spec, { template, name, version });
  return version;
}

function versionOf(session: Session, template: SessionTemplate): NewVersion | undefined {
  const { templateRef, launch, probe } = reinstantiated(session, template);
  if (templateRef === undefined || isDeepStrictEqual(launch, session.spec.launch)) return undefined;
  return { templateRef, launch, probe };
}

/** A session as its update makes it; the same where there is none. */
export function updated(session: Session): Session {
  const { update, ...rest } = session.spec;
  if (update === undefined) return session;
  const { templateRef, launch, probe } = update;
  return { ...session, spec: { ...rest, templateRef, launch, probe } };
}

/** A session without the update that it was to get. */
export function withoutUpdate(session: Session): Session {
  const { update: _dropped, ...spec } = session.spec;
  return { ...session, spec };
}

/** What the template would make of the session now; undefined where it is of this very version. */
function freshOf({ metadata, spec }: Session, template: SessionTemplate | undefined): SessionSpec | undefined {
  if (template === undefined || spec.templateRef?.name !== template.metadata.name) return undefined;
  const { image } = template.spec;
  const isSame = spec.templateRef.generation === template.metadata.generation && spec.launch.image === imageNow(template);
  // Nothing more is copied, as every look at a session asks.
  if (isSame || (image.tag === undefined && template.status.image === undefined)) return undefined;
  return copyOf(template, { name: metadata.name, owner: spec.owner.name });
}

const imageNow = ({ spec, status }: SessionTemplate): string | undefined =>
  spec.image.tag === undefined ? status.image : `${spec.image.name}:${spec.image.tag}`;

function copyOf(template: SessionTemplate, instance: { name: string; owner: string }): SessionSpec | undefined {
  try {
    return sessionSpecSchema.parse(instantiate(template, instance).spec);
  } catch (error) {
    if (error instanceof ImageUnknownError || error instanceof InvalidError) return undefined;
    throw error;
  }
}
