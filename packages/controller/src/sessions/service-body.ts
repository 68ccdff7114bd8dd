import { CLIENT_IP_ANNOTATION, POOL_LABEL, type Session } from '@mooring/resources';
import { type LabelSettings, routeLabels } from '../routes/labels.js';
import { LAUNCH_LABEL, PULL_IMAGE_LABEL, SESSION_LABEL, START_ONCE_LABEL, TEMPLATE_GENERATION_LABEL, TEMPLATE_LABEL } from './labels.js';
import { launchHash } from './launch-hash.js';
import { markOf } from './service-mark.js';

/** Rancher's own network over all hosts. */
export const MANAGED_NETWORK = 'managed';

export interface ServicePlace extends LabelSettings {
  stackId: string;
}

/**
 * The body of the POST that creates a Session's service. All of the launch configuration is decided here: Rancher ignores a
 * later PUT of it (recording 03-22), so the labels that Traefik 2 reads are on it whatever Traefik runs today.
 */
export function serviceBody(session: Session, secret: string | undefined, place: ServicePlace): Record<string, unknown> {
  const { launch } = session.spec;
  return {
    type: 'service',
    ...serviceIdentity(session),
    stackId: place.stackId,
    scale: 1,
    startOnCreate: true,
    assignServiceIpAddress: false,
    secondaryLaunchConfigs: [],
    launchConfig: {
      type: 'launchConfig',
      kind: 'container',
      imageUuid: `docker:${launch.image}`,
      ...(launch.entrypoint && { entryPoint: launch.entrypoint }),
      ...(launch.command && { command: launch.command }),
      environment: launch.env,
      labels: {
        ...launch.labels,
        [PULL_IMAGE_LABEL]: 'always',
        ...(session.spec.restartPolicy !== 'Always' && { [START_ONCE_LABEL]: 'true' }),
        ...ownLabels(session),
        ...routeLabels(session, secret, place),
      },
      ports: (launch.ports ?? [launch.port]).map((port) => `${port}/tcp`),
      capDrop: launch.capDrop,
      ...(launch.memory !== undefined && { memory: launch.memory }),
      dataVolumes: launch.volumes,
      networkMode: launch.network ?? MANAGED_NETWORK,
      instanceTriggeredStop: 'stop',
      startOnCreate: true,
      privileged: false,
      publishAllPorts: false,
      readOnly: false,
      runInit: false,
      stdinOpen: launch.tty ?? true,
      tty: launch.tty ?? true,
      vcpu: 1,
    },
  };
}

/** Says where the service comes from, which never changes: whose Session, what it launches, of which template, from which pool. */
function ownLabels({ metadata, spec }: Session): Record<string, string> {
  const pool = metadata.labels[POOL_LABEL];
  return {
    [SESSION_LABEL]: metadata.uid,
    [LAUNCH_LABEL]: launchHash(spec.launch),
    ...(spec.templateRef && {
      [TEMPLATE_LABEL]: spec.templateRef.name,
      [TEMPLATE_GENERATION_LABEL]: String(spec.templateRef.generation),
    }),
    ...(pool !== undefined && { [POOL_LABEL]: pool }),
  };
}

/**
 * What says whose the service is. It goes into one PUT when a Session is claimed, which changes all three and keeps the container
 * (recording 03-21; `metadata` comes back in lists).
 */
export function serviceIdentity(session: Session): { name: string; description: string; metadata: Record<string, unknown> } {
  return { name: session.metadata.name, description: description(session), metadata: { mooring: markOf(session) } };
}

/** narrative-traefiker's form, which operators' scripts read. */
function description({ metadata }: Session): string {
  return `client-ip:${metadata.annotations[CLIENT_IP_ANNOTATION] ?? 'unknown'} timestamp:${metadata.creationTimestamp}`;
}
