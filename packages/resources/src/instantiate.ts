import { ImageUnknownError, InvalidError } from './errors.js';
import { expand } from './expansion.js';
import type { Draft } from './kinds.js';
import type { Launch } from './session.js';
import type { SessionTemplate } from './session-template.js';

/** For whom a Session is made. */
export interface Instance {
  /** The Session's name. */
  name: string;
  /** The name that the identity provider gives. */
  owner: string;
  annotations?: Record<string, string>;
}

/**
 * A Session as the template says: `$(SESSION_NAME)` and `$(SESSION_OWNER)` in environment values, volumes and the command
 * are expanded, so that the copy stands by itself and what changes later in the template doesn't change it.
 *
 * @throws {ImageUnknownError} while the template's tag isn't known
 * @throws {InvalidError} where a volume names the owner and the owner's name doesn't fit there
 */
export function instantiate(template: SessionTemplate, instance: Instance): Draft<'Session'> {
  const { name, owner, annotations } = instance;
  return {
    metadata: { name, ...(annotations && { annotations }) },
    spec: {
      owner: { name: owner },
      templateRef: { name: template.metadata.name, generation: template.metadata.generation },
      launch: launchOf(template, instance),
      route: structuredClone(template.spec.route),
      probe: { ...template.spec.probe },
      ...(template.spec.idlePolicy && { idlePolicy: structuredClone(template.spec.idlePolicy) }),
    },
  };
}

function launchOf(template: SessionTemplate, instance: Instance): Launch {
  const launch = structuredClone(template.spec.launch);
  const expandPlain = (text: string) => expand(text, variablesOf(instance));
  return {
    ...launch,
    image: imageOf(template),
    env: Object.fromEntries(Object.entries(launch.env).map(([key, value]) => [key, expandPlain(value)])),
    ...(launch.command && { command: launch.command.map(expandPlain) }),
    volumes: launch.volumes.map((volume, index) => expandVolume(volume, index, instance)),
  };
}

/** The template's own tag goes first. A version that was read counts only while the template still names the same repository. */
function imageOf({ metadata, spec, status }: SessionTemplate): string {
  const { name, tag } = spec.image;
  if (tag !== undefined) return `${name}:${tag}`;
  if (status.image?.startsWith(`${name}:`)) return status.image;
  throw new ImageUnknownError(
    `The image of the template ${metadata.name} is not known yet: the version of ${name} was not read from spec.image.versionUrl so far. Try again, or set spec.image.tag.`,
  );
}

function variablesOf({ name, owner }: Instance): (variable: string) => string | undefined {
  const variables = new Map([
    ['SESSION_NAME', name],
    ['SESSION_OWNER', owner],
  ]);
  return (variable) => variables.get(variable);
}

/** What Docker takes in a volume's name, and what can't lead out of a folder nor add an option such as `:ro`. */
const SAFE_IN_VOLUME = /^(?!\.{1,2}$)[A-Za-z0-9_.-]+$/;

function expandVolume(volume: string, index: number, instance: Instance): string {
  const lookup = variablesOf(instance);
  return expand(volume, (variable) => {
    const value = lookup(variable);
    if (value !== undefined && !SAFE_IN_VOLUME.test(value)) throw unsafeInVolume(variable, value, index);
    return value;
  });
}

function unsafeInVolume(variable: string, value: string, index: number): InvalidError {
  const path = `spec.launch.volumes.${index}`;
  const message = `must not use $(${variable}) for ${JSON.stringify(value)}: only letters, digits and _.- may be part of a volume; use $(SESSION_NAME) in the template`;
  return new InvalidError(`${path} ${message}.`, [{ path, message }]);
}
