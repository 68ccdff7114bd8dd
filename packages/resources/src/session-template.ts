import { z } from 'zod';
import { idlePolicySchema } from './idle-policy.js';
import { API_VERSION, conditionSchema, objectMetaSchema } from './meta.js';
import { routeSchema } from './route.js';
import { imageSchema, launchSchema, probeSchema } from './session.js';

/** Docker's rule for tags. */
export const imageTagSchema = z.string().regex(/^[A-Za-z0-9_][A-Za-z0-9._-]{0,127}$/, 'must be an image tag such as 1.2.3');

/** Where the tag of a template's image comes from. */
export const imageSourceSchema = z
  .strictObject({
    /** The repository: `kbase/narrative`. */
    name: imageSchema.refine((name) => !/[:@][^/]*$/.test(name), 'must not have a tag or digest; a tag goes into `tag`'),
    tag: imageTagSchema.optional(),
    /** Answers `{"version": "x.y.z"}`; asked where no tag is given. */
    versionUrl: z.url({ protocol: /^https?$/ }).optional(),
  })
  .refine(({ tag, versionUrl }) => (tag === undefined) !== (versionUrl === undefined), 'needs either a tag or a versionUrl');

export const sessionTemplateSchema = z.strictObject({
  apiVersion: z.literal(API_VERSION),
  kind: z.literal('SessionTemplate'),
  metadata: objectMetaSchema,
  spec: z.strictObject({
    image: imageSourceSchema,
    /** What every Session of this template launches, but for the image. */
    launch: launchSchema.omit({ image: true }),
    route: routeSchema,
    probe: probeSchema.prefault({}),
    idlePolicy: idlePolicySchema.optional(),
  }),
  status: z
    .strictObject({
      /** The image with its tag, once it is known. */
      image: imageSchema.optional(),
      observedGeneration: z.int().optional(),
      conditions: z.array(conditionSchema).default([]),
    })
    .prefault({}),
});
export type SessionTemplate = z.infer<typeof sessionTemplateSchema>;
