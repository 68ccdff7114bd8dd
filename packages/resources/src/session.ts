import { z } from 'zod';
import { idlePolicySchema } from './idle-policy.js';
import { API_VERSION, conditionSchema, nameSchema, objectMetaSchema } from './meta.js';
import { routeSchema } from './route.js';

/** POSIX: no `=`, no NUL. */
const variableNameSchema = z.string().regex(/^[A-Za-z_][A-Za-z0-9_.-]*$/, 'must be the name of an environment variable');

/** Values are without NUL. */
const environmentSchema = z.record(
  variableNameSchema,
  // biome-ignore lint/suspicious/noControlCharactersInRegex: NUL is what execve can't carry
  z.string().regex(/^[^\u0000]*$/, 'must not contain a NUL character'),
);

/** An image reference without Rancher's `docker:` prefix, e.g. `registry.example:5000/kbase/narrative:1.2`. */
export const imageSchema = z
  .string()
  .regex(/^[A-Za-z0-9][A-Za-z0-9._:/@-]*$/, 'must be an image reference such as kbase/narrative:1.0, without spaces and without "docker:"')
  .refine((image) => !image.startsWith('docker:'), 'must not start with "docker:"');

/** What runs: decided when the service is created, since Rancher changes none of it afterwards. */
export const launchSchema = z.strictObject({
  image: imageSchema,
  /** The command line, a word an item; the image's own where it is missing. */
  command: z.array(z.string()).min(1).optional(),
  /** What goes before the command line instead of the image's own entry point. */
  entrypoint: z.array(z.string()).min(1).optional(),
  env: environmentSchema.default({}),
  labels: z.record(z.string().min(1), z.string()).default({}),
  /** The container's TCP port that requests go to. */
  port: z.int().min(1).max(65535).default(8888),
  /** The TCP ports that others may reach, instead of `port` alone; none where the list is empty. */
  ports: z.array(z.int().min(1).max(65535)).optional(),
  /** Whether it gets a terminal, on which both outputs are one and lines end with CR LF; it does where it is missing. */
  tty: z.boolean().optional(),
  /** Linux capabilities that the container must not have, without the `CAP_` prefix. */
  capDrop: z.array(z.string().regex(/^[A-Z_]+$/, 'must be a capability such as NET_RAW, without "CAP_"')).default([]),
  /** Rancher's network mode, such as bridge; its managed network where it is missing. */
  network: z
    .string()
    .regex(/^[A-Za-z0-9][A-Za-z0-9_.-]{0,62}$/, 'must be a network mode of Rancher, such as managed')
    .optional(),
  /** Memory limit in bytes; none where it is missing. Docker refuses less than 4 MiB. */
  memory: z
    .int()
    .min(4 * 1024 * 1024)
    .optional(),
  /** Rancher's `dataVolumes`: `name:/path/in/container` or `/path/on/host:/path/in/container`, with `:ro` behind it if wanted. */
  volumes: z.array(z.string().regex(/^[^:]+:\/[^:]*(:r[ow])?$/, 'must look like name:/path')).default([]),
});
export type Launch = z.infer<typeof launchSchema>;

/** How it is found out that the container answers. Any HTTP status below 500 will do where nothing else is said. */
export const probeSchema = z.strictObject({
  /**
   * What proves it: an answer over HTTP, or `tcp`, that it takes a connection. `health` goes by the container's own health check where it has
   * one, and by `http` or `tcp` where it has none.
   */
  by: z.enum(['http', 'tcp', 'health-or-http', 'health-or-tcp']).optional(),
  /** The one HTTP status that will do. */
  okStatus: z.int().min(100).max(599).optional(),
  /** The container's TCP port that is asked; that of requests where it is missing. */
  port: z.int().min(1).max(65535).optional(),
  /** How long it may take to answer. */
  timeoutSeconds: z.int().min(1).max(600).optional(),
  /** Where it isn't ready so long after its container was there to start, it is stopped again; as long as it takes where it is missing. */
  readyWithinSeconds: z.int().min(1).max(86_400).optional(),
  /** An absolute path in the container, which must be cheap and must not look like activity. */
  path: z
    .string()
    .regex(/^\/[\x21-\x7e]*$/, 'must be a path such as /api/status, in visible ASCII characters')
    .default('/narrative/api/status'),
  /** The variable of `launch.env` whose value a Jupyter server wants as its token; where it is missing, none is sent. */
  tokenFrom: z.strictObject({ env: variableNameSchema }).optional(),
});
export type Probe = z.infer<typeof probeSchema>;

export const ownerSchema = z.strictObject({
  /** The name that the identity provider gives. */
  name: z.string().min(1).max(256),
});

const templateRefSchema = z.strictObject({ name: nameSchema, generation: z.int().min(1) });

/** What a Session that runs is to become, and does once that answers: until then it is what it was, and is again where it doesn't. */
export const sessionUpdateSchema = z.strictObject({
  /** `Idle`: the idle detector saw nobody, and whoever comes after all is left alone. `Asked`: somebody wants it now. */
  by: z.enum(['Idle', 'Asked']),
  templateRef: templateRefSchema,
  launch: launchSchema,
  probe: probeSchema.prefault({}),
});
export type SessionUpdate = z.infer<typeof sessionUpdateSchema>;

/** What a person, or a program on their behalf, wants to be there. */
export const sessionSpecSchema = z.strictObject({
  owner: ownerSchema,
  /** Where `launch` and `route` were copied from; what changes there later comes by an `update`, or with the next start. */
  templateRef: templateRefSchema.optional(),
  launch: launchSchema,
  route: routeSchema,
  probe: probeSchema.prefault({}),
  /** Missing where it stays what it is. */
  update: sessionUpdateSchema.optional(),
  /** false: the container is stopped and its service kept. */
  running: z.boolean().default(true),
  /**
   * What becomes of a container that has ended by itself. `Never`: it has done its work, and stays ended. `Always`: Rancher starts it again.
   * Where it is missing, as the idle policy says.
   */
  restartPolicy: z.enum(['Always', 'Never']).optional(),
  /** Seconds from its creation to its deletion; without it, it is kept until somebody deletes it. */
  ttlSeconds: z.int().min(1).optional(),
  /** Without it the session is never taken for idle. */
  idlePolicy: idlePolicySchema.optional(),
});
export type SessionSpec = z.infer<typeof sessionSpecSchema>;

export const SESSION_PHASES = ['Pending', 'Starting', 'Ready', 'Stopping', 'Stopped', 'Failed', 'Terminating'] as const;
export type SessionPhase = (typeof SESSION_PHASES)[number];

/** In the order in which a start passes them. */
export const SESSION_CONDITIONS = ['ServiceCreated', 'ContainerRunning', 'Reachable', 'Routed', 'Ready'] as const;
export type SessionConditionType = (typeof SESSION_CONDITIONS)[number];

/** Whether somebody uses it (Unknown where nobody can tell), and whether it is about to be stopped because nobody does. */
export const ACTIVITY_CONDITIONS = ['Active', 'Marked'] as const;
export type ActivityConditionType = (typeof ACTIVITY_CONDITIONS)[number];

/** What was last seen; written by the controller only. */
export const sessionStatusSchema = z.strictObject({
  /** The generation of `spec` that this status speaks of. */
  observedGeneration: z.int().optional(),
  phase: z.enum(SESSION_PHASES).default('Pending'),
  conditions: z.array(conditionSchema).default([]),
  /** The service that serves this Session, as Rancher says it. */
  service: z.strictObject({ id: z.string(), name: z.string(), state: z.string() }).optional(),
  container: z.strictObject({ id: z.string(), name: z.string(), state: z.string() }).optional(),
  /** Where the container answers, as Traefik and the controller reach it. */
  address: z.strictObject({ ip: z.string(), port: z.int() }).optional(),
});
export type SessionStatus = z.infer<typeof sessionStatusSchema>;

/** Whether a Session has done its work, after which nothing of it runs any more. */
export const hasDoneItsWork = ({ spec, status }: { spec: SessionSpec; status: SessionStatus }): boolean =>
  spec.running && spec.restartPolicy === 'Never' && status.phase === 'Stopped';

/** One workload of one owner. */
export const sessionSchema = z.strictObject({
  apiVersion: z.literal(API_VERSION),
  kind: z.literal('Session'),
  metadata: objectMetaSchema,
  spec: sessionSpecSchema,
  status: sessionStatusSchema.prefault({}),
});
export type Session = z.infer<typeof sessionSchema>;
