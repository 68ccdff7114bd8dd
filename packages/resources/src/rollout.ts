import { z } from 'zod';
import { parseReference } from './images/reference.js';
import { API_VERSION, conditionSchema, objectMetaSchema } from './meta.js';

const pattern = z
  .string()
  .min(1)
  .max(200)
  .refine((text) => isPattern(text), 'must be a regular expression, such as .* or ^prod');

function isPattern(text: string): boolean {
  try {
    new RegExp(text);
    return true;
  } catch {
    return false;
  }
}

/** Which services a Rollout is for, besides that they run its image. */
export const rolloutSelectorSchema = z.strictObject({
  /** A service must have one of these labels, with another value than `false`. Both spellings are rancher-service-updater's. */
  labels: z.array(z.string().min(1)).min(1, 'must name a label').default(['autoupdate.enable', 'autoupdate.enabled']),
  /** Regular expressions, one of which must match the name of the service's environment, anywhere in it. */
  environments: z.array(pattern).min(1, 'must have a pattern, such as .*').default(['.*']),
  /** The name of the service's stack; any where it is missing. */
  stack: z.string().min(1).optional(),
});

export const rolloutStrategySchema = z.strictObject({
  /** How many services are upgraded at the same time. */
  atOnce: z.int().min(1, 'must be 1 or more').max(1000, 'must be 1000 or less').default(5),
  /**
   * `InOrder`: an environment is begun when all before it are done, in the order of the selector's patterns, and not at all where one of
   * them failed.
   */
  environments: z.enum(['Together', 'InOrder']).default('Together'),
});

export const rolloutSpecSchema = z.strictObject({
  /** The image that was published, with its tag and without `docker:`; `latest` is meant where it has none. */
  image: z
    .string()
    .max(512)
    .refine(
      (image) => !image.startsWith('docker:') && parseReference(image) !== undefined,
      'must be an image reference such as registry.example:5000/acme/web:1.2, without "docker:"',
    ),
  /** Whether an upgrade that went well is confirmed: what ran before goes then. */
  confirm: z.boolean().default(false),
  /** Whether the new container runs before the old one is stopped. */
  startFirst: z.boolean().default(false),
  /** For how many seconds a service may be on its way to `upgraded`. */
  timeoutSeconds: z.int().min(1, 'must be 1 or more').max(86_400, 'must be 86400 (a day) or less').default(30),
  /** `hold`: a service whose upgrade fails stays as it is, for people to look at; `rollback`: it gets back what it ran. */
  onFailure: z.enum(['hold', 'rollback']).default('hold'),
  selector: rolloutSelectorSchema.prefault({}),
  strategy: rolloutStrategySchema.prefault({}),
  /** Nothing more is begun, and what is under way gets back what it ran. */
  canceled: z.boolean().default(false),
});
export type RolloutSpec = z.infer<typeof rolloutSpecSchema>;

/** Where a service can be on its way; those from `Upgraded` on are ends. */
export const SERVICE_PHASES = [
  'Waiting',
  'Upgrading',
  'Finishing',
  'RollingBack',
  'Upgraded',
  'Unchanged',
  'Held',
  'RolledBack',
  'Failed',
  'Skipped',
] as const;
export type RolloutServicePhase = (typeof SERVICE_PHASES)[number];

export const rolloutServiceSchema = z.strictObject({
  /** Rancher's ids and names. */
  environment: z.strictObject({ id: z.string(), name: z.string() }),
  id: z.string(),
  name: z.string(),
  /** The images of the repository that it ran when it was looked at first, sidekicks' included. */
  from: z.array(z.string()),
  phase: z.enum(SERVICE_PHASES),
  /** Why it is in that phase; a sentence for people. */
  message: z.string().max(1000).default(''),
  /** Rancher's versions of its launch configurations before the upgrade: others tell that it was taken. */
  revision: z.string().optional(),
  /** Whether Rancher was seen to have taken the upgrade. */
  taken: z.boolean().default(false),
  /** Since when it is in that phase. */
  since: z.iso.datetime(),
});
export type RolloutService = z.infer<typeof rolloutServiceSchema>;

export const ROLLOUT_PHASES = ['Pending', 'Progressing', 'Complete', 'Failed', 'Canceled'] as const;

export const rolloutStatusSchema = z.strictObject({
  observedGeneration: z.int().optional(),
  phase: z.enum(ROLLOUT_PHASES).default('Pending'),
  conditions: z.array(conditionSchema).default([]),
  services: z.array(rolloutServiceSchema).default([]),
});
export type RolloutStatus = z.infer<typeof rolloutStatusSchema>;

/** Brings the services that use an image to a version of it. */
export const rolloutSchema = z.strictObject({
  apiVersion: z.literal(API_VERSION),
  kind: z.literal('Rollout'),
  metadata: objectMetaSchema,
  spec: rolloutSpecSchema,
  status: rolloutStatusSchema.prefault({}),
});
export type Rollout = z.infer<typeof rolloutSchema>;

const ENDS: ReadonlySet<RolloutServicePhase> = new Set(SERVICE_PHASES.slice(SERVICE_PHASES.indexOf('Upgraded')));

/** Whether nothing more happens to a service by its Rollout. */
export const isEnd = (phase: RolloutServicePhase): boolean => ENDS.has(phase);

/** Whether nothing more happens by a Rollout. */
export const isFinished = ({ status }: Pick<Rollout, 'status'>): boolean => status.phase !== 'Pending' && status.phase !== 'Progressing';
