import { z } from 'zod';
import { issueSummary } from '../http/answer.js';
import { type Container, containerSchema } from '../schemas/container.js';
import { type Host, hostSchema } from '../schemas/host.js';
import { resourceFields, text } from '../schemas/primitives.js';
import { type Service, serviceSchema } from '../schemas/service.js';
import { type Stack, stackSchema } from '../schemas/stack.js';

/** Any other resource (volume, port, serviceLog, ...): only what all of them have. */
const otherSchema = z.object({ id: resourceFields.id, type: resourceFields.type, state: text });
export type OtherResource = z.infer<typeof otherSchema>;

export type SubscribeEvent =
  /** The stream is open for the first time: list now. */
  | { type: 'connected' }
  /** A resource, whole, as it is after a change. */
  | { type: 'change'; resourceType: string; resourceId: string; resource: Known | OtherResource }
  /** Changes may have been missed: list again. */
  | { type: 'gap'; reason: string };

const frameSchema = z.object({ name: z.string() });

/** The resource's own schema reads it: a whole one takes some kB, which are not copied before. */
const changeSchema = z.object({ resourceType: z.string(), resourceId: z.string(), data: z.object({ resource: z.unknown() }) });

type Known = Service | Container | Stack | Host;

/** By resourceType, then by baseType: service for every kind of service, instance for every kind of container. */
const SCHEMAS: ReadonlyMap<string, z.ZodType<Known>> = new Map<string, z.ZodType<Known>>([
  ['service', serviceSchema],
  ['stack', stackSchema],
  ['host', hostSchema],
  ['container', containerSchema],
  ['instance', containerSchema],
]);

/** A resource whose `resourceType` is none of these may still be one of them by its `baseType`. */
const byBaseType = z.looseObject({ baseType: text }).transform((resource, context): Known | OtherResource => {
  const parsed = (SCHEMAS.get(resource.baseType ?? '') ?? otherSchema).safeParse(resource);
  if (parsed.success) return parsed.data;
  for (const { message, path } of parsed.error.issues) context.addIssue({ code: 'custom', message, path });
  return z.NEVER;
});

/** What one frame says: an event, or undefined for pings and other news (recordings 06-01, 06-02). What can't be read is a gap. */
export function decodeFrame(frame: string): SubscribeEvent | undefined {
  const json = parseJson(frame);
  const named = frameSchema.safeParse(json);
  if (!named.success) return gap('a frame is not an event of Rancher');
  return named.data.name === 'resource.change' ? decodeChange(json) : undefined;
}

function decodeChange(json: unknown): SubscribeEvent {
  const change = changeSchema.safeParse(json);
  if (!change.success) return gap(`a change can't be read (${issueSummary(change.error)})`);
  const { resourceType, resourceId, data } = change.data;
  const resource = (SCHEMAS.get(resourceType) ?? byBaseType).safeParse(data.resource);
  if (!resource.success) return gap(`a changed ${resourceType} can't be read (${issueSummary(resource.error)})`);
  return { type: 'change', resourceType, resourceId, resource: resource.data };
}

export function gap(reason: string): SubscribeEvent {
  return { type: 'gap', reason };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
