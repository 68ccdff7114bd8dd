import { idlePolicySchema, nameSchema, ownerSchema, probeSchema, routeSchema, type Session } from '@mooring/resources';
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
  labels: textMap,
  annotations: textMap,
  /** The labels that the Session itself asks for; the service has ours besides. */
  launchLabels: textMap,
});
export type ServiceMark = z.infer<typeof serviceMarkSchema>;

export function markOf({ metadata, spec }: Session): ServiceMark {
  const { name, uid, labels, annotations } = metadata;
  const { owner, route, probe, idlePolicy, launch } = spec;
  const policy = idlePolicy && { idlePolicy };
  return { session: name, uid, owner: owner.name, route, probe, ...policy, labels, annotations, launchLabels: launch.labels };
}
