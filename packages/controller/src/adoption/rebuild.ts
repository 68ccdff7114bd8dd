import type { Service } from '@mooring/rancher-client';
import {
  type Draft,
  drained,
  POOL_LABEL,
  POOL_OWNER,
  SERVICE_FINALIZER,
  type Session,
  sessionSpecSchema,
  UNCLAIMED_LABEL,
} from '@mooring/resources';
import type { z } from 'zod';
import { isSecret } from '../routes/rules.js';
import { SESSION_LABEL, TEMPLATE_GENERATION_LABEL, TEMPLATE_LABEL } from '../sessions/labels.js';
import { MANAGED_NETWORK } from '../sessions/service-body.js';
import { type ServiceMark, serviceMarkSchema } from '../sessions/service-mark.js';

/** What a Session is rebuilt from: of a whole service, as Rancher gives it. */
export type ServiceRecord = Pick<Service, 'state' | 'launchConfig' | 'metadata'>;

/** A Session as it was, or why it can't be told, as the end of a sentence that begins with the service. */
export type Rebuilt = { draft: Draft<'Session'>; uid: string; secret?: string } | { problem: string };

type Labels = Readonly<Record<string, string | null>>;

/** States of a service that somebody wanted stopped. */
const STOPPED = new Set(['deactivating', 'inactive']);

/**
 * The Session of a service whose record was lost: the inverse of `serviceBody`. It is to run unless its service was stopped, so that
 * adopting it changes nothing. Pure.
 */
export function rebuildSession(service: ServiceRecord): Rebuilt {
  const mark = serviceMarkSchema.safeParse(service.metadata.mooring);
  if (!mark.success) return { problem: `its metadata does not say whose it is (mooring.${firstPath(mark.error)})` };
  const { uid } = mark.data;
  const labels = service.launchConfig?.labels ?? {};
  const labelled = labels[SESSION_LABEL] ?? uid;
  if (labelled !== uid) return { problem: `its label ${SESSION_LABEL} and its metadata name different sessions` };
  const spec = specOf(service, labels, mark.data);
  if ('problem' in spec) return spec;
  const secret = labels.session_id ?? undefined;
  if (spec.route.type !== 'none' && !isSecret(secret)) return { problem: 'it has no label session_id that could be the value of a cookie' };
  return { draft: { metadata: metadataOf(mark.data, labels), spec }, uid, ...(isSecret(secret) && { secret }) };
}

/** One that nobody had claimed is kept out of the pools: a claim may have been lost together with the record. */
function metadataOf({ session, owner, labels: own, annotations }: ServiceMark, labels: Labels): Draft<'Session'>['metadata'] {
  const { [POOL_LABEL]: pool = labels[POOL_LABEL], ...rest } = own;
  const unclaimed = owner === POOL_OWNER && { [UNCLAIMED_LABEL]: pool ?? '' };
  return { name: session, labels: { ...rest, ...unclaimed }, annotations, finalizers: [SERVICE_FINALIZER] };
}

function specOf({ state, launchConfig }: ServiceRecord, labels: Labels, mark: ServiceMark): Session['spec'] | { problem: string } {
  const template = labels[TEMPLATE_LABEL];
  const parsed = sessionSpecSchema.safeParse({
    owner: { name: mark.owner },
    ...(template && { templateRef: { name: template, generation: Number(labels[TEMPLATE_GENERATION_LABEL]) } }),
    launch: launchOf(launchConfig, mark),
    route: mark.route,
    probe: mark.probe,
    idlePolicy: mark.owner === POOL_OWNER ? drained(mark.idlePolicy) : mark.idlePolicy,
    restartPolicy: mark.restartPolicy,
    ttlSeconds: mark.ttlSeconds,
    running: !STOPPED.has(state),
  });
  return parsed.success ? parsed.data : { problem: `its launch configuration can't be read back (${firstPath(parsed.error)})` };
}

const networkOf = (mode: string | null | undefined) => (mode && mode !== MANAGED_NETWORK ? { network: mode } : {});

function launchOf(config: Service['launchConfig'], { launchLabels, port, ports: asked }: ServiceMark) {
  const { imageUuid, entryPoint, command, environment, ports, capDrop, memory, dataVolumes, networkMode, tty } = config ?? {};
  return {
    image: imageUuid?.replace(/^docker:/, ''),
    ...(entryPoint?.length && { entrypoint: entryPoint }),
    ...(command?.length && { command }),
    env: Object.fromEntries(Object.entries(environment ?? {}).map(([name, value]) => [name, value ?? ''])),
    labels: launchLabels,
    port: asked ? port : portOf(ports),
    ...(asked && { ports: asked }),
    ...(tty === false && { tty }),
    capDrop: capDrop ?? [],
    ...(memory && { memory }),
    ...networkOf(networkMode),
    volumes: dataVolumes ?? [],
  };
}

/** Rancher puts the port that it chose on the host before it: `63759:8888/tcp`. */
function portOf(ports: readonly string[] | null | undefined): number {
  return Number(/(?:^|:)(\d+)(?:\/tcp)?$/.exec(ports?.[0] ?? '')?.[1]);
}

const firstPath = ({ issues }: z.ZodError): string => issues[0]?.path.join('.') ?? '';
