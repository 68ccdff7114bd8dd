import {
  idlePolicySchema,
  launchSchema,
  nameSchema,
  ownerSchema,
  probeSchema,
  routeSchema,
  type Session,
  sessionSpecSchema,
} from '@mooring/resources';
import { z } from 'zod';

const textMap = z.record(z.string(), z.string()).default({});

/**
 * What a service's `metadata.mooring` says of its Session: what its launch configuration doesn't, or what may change later. With both
 * a Session can be made again whose record was lost.
 */
export const serviceMarkSchema = z.object({
  session: nameSchema,
  uid: z.uuid(),
  owner: ownerSchema.shape.name,
  route: routeSchema,
  probe: probeSchema,
  idlePolicy: idlePolicySchema.optional(),
  restartPolicy: sessionSpecSchema.shape.restartPolicy,
  ttlSeconds: sessionSpecSchema.shape.ttlSeconds,
  /** What the launch configuration has in another form, or leaves out: the ports as they were asked for. */
  port: launchSchema.shape.port.optional(),
  ports: launchSchema.shape.ports,
  labels: textMap,
  annotations: textMap,
  /** The labels that the Session itself asks for; the service has ours besides. */
  launchLabels: textMap,
});
export type ServiceMark = z.infer<typeof serviceMarkSchema>;

export function markOf({ metadata, spec }: Session): ServiceMark {
  const { name, uid, labels, annotations } = metadata;
  const { owner, route, probe, idlePolicy, restartPolicy, ttlSeconds, launch } = spec;
  return {
    session: name,
    uid,
    owner: owner.name,
    route,
    probe,
    ...(idlePolicy && { idlePolicy }),
    ...(restartPolicy && { restartPolicy }),
    ...(ttlSeconds !== undefined && { ttlSeconds }),
    ...(launch.ports && { port: launch.port, ports: launch.ports }),
    labels,
    annotations,
    launchLabels: launch.labels,
  };
}
