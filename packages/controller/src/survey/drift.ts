import { isDeepStrictEqual } from 'node:util';
import type { LaunchConfig, Service } from '@mooring/rancher-client';
import { ImageUnknownError, InvalidError, instantiate, type Session, type SessionTemplate, sessionSpecSchema } from '@mooring/resources';
import { serviceBody } from '../sessions/service-body.js';

/** What a session would get today and its service doesn't have. No value of a variable or label is in it: some are secret. */
export interface Drift {
  session: string;
  service: string;
  /** The generation that was copied, and the one that the template has now. */
  template: { name: string; copied: number; current: number };
  image?: { running: string; template: string };
  /** Names of variables that are missing, superfluous or different. */
  environment: string[];
  /** Names of labels that are. */
  labels: string[];
  /** Other fields of the record that differ from the template's. */
  fields: string[];
}

type Texts = Readonly<Record<string, string | null>>;
type Shape = { imageUuid: string; environment: Texts; labels: Texts };

/** Stands for the session's secret, which is in no template. */
const SOME_SECRET = '0'.repeat(32);
/** Labels that say which session it is, or that Rancher adds by itself. */
const OWN_LABELS = /^(mooring\.dev\/|io\.rancher\.)/;
const FIELDS = ['command', 'port', 'capDrop', 'memory', 'volumes'] as const;

/** How a session's service differs from what the template gives today; undefined where it doesn't, or nobody can tell. Pure. */
export function driftOf(session: Session, service: Service, template: SessionTemplate, entryPoint: string): Drift | undefined {
  const wanted = wantedToday(session, template);
  const { templateRef } = session.spec;
  if (!wanted || !templateRef || !service.launchConfig) return undefined;
  const body = serviceBody(wanted, SOME_SECRET, { stackId: service.stackId ?? '', entryPoint });
  const differences = differencesOf(service.launchConfig, body.launchConfig as Shape);
  const fields = fieldsThatDiffer(session, wanted);
  const { image, environment, labels } = differences;
  if (!image && environment.length + labels.length + fields.length === 0) return undefined;
  const versions = { name: templateRef.name, copied: templateRef.generation, current: template.metadata.generation };
  return { session: session.metadata.name, service: service.id, template: versions, ...differences, fields };
}

function wantedToday(session: Session, template: SessionTemplate): Session | undefined {
  try {
    const { spec } = instantiate(template, { name: session.metadata.name, owner: session.spec.owner.name });
    return { ...session, spec: { ...sessionSpecSchema.parse(spec), running: session.spec.running } };
  } catch (error) {
    if (error instanceof ImageUnknownError || error instanceof InvalidError) return undefined;
    throw error;
  }
}

function differencesOf(is: LaunchConfig, wanted: Shape): Pick<Drift, 'image' | 'environment' | 'labels'> {
  const running = imageOf(is.imageUuid ?? '');
  const template = imageOf(wanted.imageUuid);
  return {
    ...(running !== template && { image: { running, template } }),
    environment: namesThatDiffer(is.environment ?? {}, wanted.environment),
    labels: namesThatDiffer(withoutSecret(is.labels ?? {}), wanted.labels).filter((name) => !OWN_LABELS.test(name)),
  };
}

const imageOf = (imageUuid: string): string => imageUuid.replace(/^docker:/, '');

function namesThatDiffer(a: Texts, b: Texts): string[] {
  const names = new Set([...Object.keys(a), ...Object.keys(b)]);
  return [...names].filter((name) => a[name] !== b[name]).sort();
}

function withoutSecret(labels: Texts): Texts {
  const secret = labels.session_id;
  if (!secret) return labels;
  return Object.fromEntries(Object.entries(labels).map(([name, value]) => [name, value?.replaceAll(secret, SOME_SECRET) ?? null]));
}

function fieldsThatDiffer({ spec }: Session, wanted: Session): string[] {
  const launch = FIELDS.filter((field) => !isDeepStrictEqual(spec.launch[field], wanted.spec.launch[field]));
  const rest = (['route', 'probe'] as const).filter((field) => !isDeepStrictEqual(spec[field], wanted.spec[field]));
  return [...launch.map((field) => `launch.${field}`), ...rest];
}
