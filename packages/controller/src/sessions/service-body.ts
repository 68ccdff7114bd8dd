import { CLIENT_IP_ANNOTATION, type Session } from '@mooring/resources';
import { routeLabels } from '../routes/labels.js';
import { PULL_IMAGE_LABEL, SESSION_LABEL, START_ONCE_LABEL } from './labels.js';

export interface ServicePlace {
  stackId: string;
  /** Traefik's entry point that the labels name. */
  entryPoint: string;
}

/**
 * The body of the POST that creates a Session's service. All of the launch configuration is decided here: Rancher ignores a
 * later PUT of it (recording 03-22), so the labels that Traefik 2 reads are on it whatever Traefik runs today.
 */
export function serviceBody(session: Session, secret: string | undefined, { stackId, entryPoint }: ServicePlace): Record<string, unknown> {
  const { launch } = session.spec;
  return {
    type: 'service',
    name: session.metadata.name,
    stackId,
    scale: 1,
    startOnCreate: true,
    assignServiceIpAddress: false,
    description: description(session),
    metadata: { mooring: { session: session.metadata.name, uid: session.metadata.uid, owner: session.spec.owner.name } },
    secondaryLaunchConfigs: [],
    launchConfig: {
      type: 'launchConfig',
      kind: 'container',
      imageUuid: `docker:${launch.image}`,
      ...(launch.command && { command: launch.command }),
      environment: launch.env,
      labels: {
        ...launch.labels,
        [PULL_IMAGE_LABEL]: 'always',
        [START_ONCE_LABEL]: 'true',
        [SESSION_LABEL]: session.metadata.uid,
        ...routeLabels(session, secret, entryPoint),
      },
      ports: [`${launch.port}/tcp`],
      capDrop: launch.capDrop,
      ...(launch.memory !== undefined && { memory: launch.memory }),
      dataVolumes: launch.volumes,
      networkMode: 'managed',
      instanceTriggeredStop: 'stop',
      startOnCreate: true,
      privileged: false,
      publishAllPorts: false,
      readOnly: false,
      runInit: false,
      stdinOpen: true,
      tty: true,
      vcpu: 1,
    },
  };
}

/** narrative-traefiker's form, which operators' scripts read. */
function description({ metadata }: Session): string {
  return `client-ip:${metadata.annotations[CLIENT_IP_ANNOTATION] ?? 'unknown'} timestamp:${metadata.creationTimestamp}`;
}
