import { CLIENT_IP_ANNOTATION, type Draft, SERVICE_FINALIZER } from '@mooring/resources';
import { aboutAnnotation, CONTAINER_LABEL, sessionNameOf } from '../names.js';
import type { CreateBody } from '../routes/create-body.js';
import { startCommand } from '../start-command.js';
import { neededBy } from '../templates.js';

export const DATA_FOLDER = '/data';

interface Maker {
  id: string;
  owner: string;
  ip: string;
  /** What every container must do without. */
  capDrop: readonly string[];
  env: Readonly<Record<string, string>>;
}

/** The Session of a container: without a route, and without anybody who could find it idle. */
export function draftOf(body: CreateBody, { id, owner, ip, capDrop, env }: Maker): Draft<'Session'> {
  const about = {
    scriptname: body.scriptname,
    ...(body.dataurl !== undefined && { datapath: body.datapath ?? DATA_FOLDER }),
    needs: neededBy(body.env),
  };
  return {
    metadata: {
      name: sessionNameOf(id),
      labels: { [CONTAINER_LABEL]: body.name ?? id },
      annotations: { [CLIENT_IP_ANNOTATION]: ip, ...aboutAnnotation(about) },
      finalizers: [SERVICE_FINALIZER],
    },
    spec: {
      owner: { name: owner },
      launch: {
        image: `${body.image_name}:${body.image_tag}`,
        ...startCommand(body.scriptname, body.container_args),
        env: { ...env, ...body.env },
        ports: body.ports,
        tty: false,
        capDrop: [...capDrop],
      },
      route: { type: 'none' },
      restartPolicy: body.permanent ? 'Always' : 'Never',
      ...(body.ttl !== undefined && { ttlSeconds: body.ttl }),
    },
  };
}
