import { createHash } from 'node:crypto';
import {
  DIRECT_LABEL,
  type Draft,
  imageSchema,
  launchSchema,
  nameSchema,
  type Probe,
  probeSchema,
  SERVICE_FINALIZER,
} from '@mooring/resources';
import { z } from 'zod';
import { Problem } from '../http/problem.js';
import { routeOf } from './route.js';
import { type DeploySettings, directOwner } from './settings.js';
import { BadLabelError, isTraefikLabel, readTraefikLabels, type TraefikLabels } from './traefik-labels.js';

const text = z.record(z.string().min(1).max(256), z.string().max(8192));

/** Go's decoder, which theirs reads the body by, takes the fields in any case; programs write them in small letters. */
const bodySchema = z.object({
  name: nameSchema,
  network: launchSchema.shape.network,
  image: imageSchema,
  labels: text.default({}),
  envs: text.default({}),
});
export type Deployment = z.infer<typeof bodySchema>;

const DEFAULT_PORT = 8888;
const HEALTH_LABELS = ['health-check', 'healthcheck'];
/** What would give a container Rancher's keys, change how it is run, or say that it is another's. */
const RESERVED = /^(io\.rancher\.container\.|io\.rancher\.(stack|stack_service|project)|mooring\.dev\/|session_id$)/i;

function badBody(errors: { field: string; message: string }[]): Problem {
  const detail = `The body is not as it must be: ${errors.map(({ field, message }) => `${field} ${message}`).join('; ')}.`;
  return new Problem({ status: 400, code: 'invalid-body', title: 'Bad Request', detail, errors });
}

/** @throws a 400 Problem that names each field */
export function readDeployment(body: unknown): Deployment {
  const parsed = bodySchema.safeParse(body);
  if (parsed.success) return parsed.data;
  throw badBody(parsed.error.issues.map(({ path, message }) => ({ field: path.join('.') || 'body', message })));
}

/** Of the URL of a health check: it is the container's own, so only path and port say something. */
function healthUrl(name: string, labels: Readonly<Record<string, string>>): { path: string; port: number } | undefined {
  const label = HEALTH_LABELS.find((known) => labels[known] !== undefined);
  if (label === undefined) return undefined;
  const value = labels[label] ?? '';
  const url = URL.canParse(value) ? new URL(value) : undefined;
  if (url?.protocol !== 'http:' || ![name.toLowerCase(), 'localhost', '127.0.0.1'].includes(url.hostname))
    throw new BadLabelError(`labels.${label}`, `must be a URL of the container itself, such as http://${name}:9000/status`);
  return { path: `${url.pathname}${url.search}`, port: Number(url.port || 80) };
}

function probeOf({ name, labels }: Deployment, { port }: { port: number }, { probe }: DeploySettings): Probe {
  const { okStatus, timeoutSeconds, readyWithinSeconds } = probe;
  const url = healthUrl(name, labels);
  if (url === undefined) return probeSchema.parse({ by: 'health-or-tcp', path: '/', readyWithinSeconds });
  return probeSchema.parse({
    ...{ by: 'health-or-http', path: url.path, okStatus, timeoutSeconds, readyWithinSeconds },
    ...(url.port !== port && { port: url.port }),
  });
}

/** What becomes the container's own labels: Traefik's are the route, which is Mooring's to write. */
function ownLabels(labels: Readonly<Record<string, string>>): Record<string, string> {
  const reserved = Object.keys(labels).find((label) => RESERVED.test(label));
  if (reserved !== undefined) throw new BadLabelError(`labels.${reserved}`, 'is reserved; take it away');
  return { ...Object.fromEntries(Object.entries(labels).filter(([label]) => !isTraefikLabel(label))), origin: 'spawner' };
}

const ownerLabel = (user: string): string => createHash('sha256').update(user).digest('hex').slice(0, 16);

const portOf = (deployment: Deployment, { port }: TraefikLabels): number =>
  port ?? healthUrl(deployment.name, deployment.labels)?.port ?? DEFAULT_PORT;

/**
 * The Session that a deployment asks for.
 *
 * @throws a 400 Problem where a label reaches for what isn't its own
 */
export function draftOf(deployment: Deployment, user: string, settings: DeploySettings): Draft<'Session'> {
  try {
    const { name, image, envs, labels, network } = deployment;
    const traefik = readTraefikLabels(name, labels);
    const port = portOf(deployment, traefik);
    const launch = { image, env: envs, labels: ownLabels(labels), port, ...(network !== undefined && { network }) };
    return {
      metadata: { name, labels: { [DIRECT_LABEL]: ownerLabel(user) }, finalizers: [SERVICE_FINALIZER] },
      spec: {
        owner: { name: directOwner(user) },
        launch,
        route: routeOf(name, traefik, settings),
        probe: probeOf(deployment, { port }, settings),
        idlePolicy: settings.idlePolicy,
      },
    };
  } catch (error) {
    if (error instanceof BadLabelError) throw badBody([{ field: error.field, message: error.reason }]);
    throw error;
  }
}
