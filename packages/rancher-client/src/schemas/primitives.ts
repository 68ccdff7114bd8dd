import { z } from 'zod';

/** Rancher sends null, or nothing, for whatever isn't set; here null stands for both. */
export const orNull = <T extends z.ZodType>(schema: T) => schema.nullable().default(null as never);

export const text = orNull(z.string());
export const count = orNull(z.number());
export const flag = orNull(z.boolean());

/** A name: empty where Rancher has none. */
export const label = z
  .string()
  .nullish()
  .transform((value) => value ?? '');

export const list = <T extends z.ZodType>(schema: T) =>
  z
    .array(schema)
    .nullish()
    .transform((value) => value ?? []);

export const map = z
  .record(z.string(), z.unknown())
  .nullish()
  .transform((value) => value ?? {});

const scalar = z.union([z.string(), z.number(), z.boolean(), z.null()]);

/** A map of strings; Rancher itself turns numbers into strings (recording 03-06f). */
export const stringMap = z
  .record(
    z.string(),
    scalar.transform((value) => (value === null ? '' : String(value))),
  )
  .nullish()
  .transform((value) => value ?? {});

/** What services, stacks, projects and containers have in common. `state` is an open set: Rancher extends it by process. */
export const resourceFields = {
  id: z.string().min(1),
  type: z.string(),
  baseType: text,
  kind: text,
  name: label,
  state: z.string(),
  description: text,
  healthState: text,
  /** `yes`, `no` or `error`. */
  transitioning: text,
  transitioningMessage: text,
  /** ISO 8601 in UTC, to the second; `createdTS` is the same in milliseconds. */
  created: text,
  createdTS: count,
  removed: text,
  uuid: text,
  accountId: text,
};
