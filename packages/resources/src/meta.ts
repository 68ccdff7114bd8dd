import { z } from 'zod';

/** The group and version that every object carries in `apiVersion`. */
export const API_VERSION = 'mooring.dev/v1';

/** A DNS label (RFC 1123): what Kubernetes asks of names, and what Rancher accepts as a service name (63 characters at most, no leading, trailing or double hyphen). */
export const nameSchema = z
  .string()
  .min(1, 'must not be empty')
  .max(63, 'must have at most 63 characters')
  .regex(/^[A-Za-z0-9]+(-[A-Za-z0-9]+)*$/, 'must consist of letters and digits, with single hyphens between them');

/** Kubernetes' ObjectMeta, as far as it is used here. Times are RFC 3339 in UTC; `resourceVersion` is opaque to clients. */
export const objectMetaSchema = z.strictObject({
  name: nameSchema,
  uid: z.uuid(),
  /** Counts the changes of `spec`. */
  generation: z.int().min(1),
  /** Position of the last write in the one sequence over all kinds, as a decimal string. */
  resourceVersion: z.string().regex(/^\d+$/),
  creationTimestamp: z.iso.datetime(),
  /** Set once somebody asked for the deletion; the object goes when the last finalizer is gone. */
  deletionTimestamp: z.iso.datetime().optional(),
  finalizers: z.array(z.string()).default([]),
  labels: z.record(z.string(), z.string()).default({}),
  annotations: z.record(z.string(), z.string()).default({}),
});
export type ObjectMeta = z.infer<typeof objectMetaSchema>;

/** One aspect of an object's state, as Kubernetes' metav1.Condition. */
export const conditionSchema = z.strictObject({
  type: z.string(),
  status: z.enum(['True', 'False', 'Unknown']),
  /** One CamelCase word for programs. */
  reason: z.string(),
  /** A sentence for people. */
  message: z.string(),
  lastTransitionTime: z.iso.datetime(),
  observedGeneration: z.int().optional(),
});
export type Condition = z.infer<typeof conditionSchema>;
