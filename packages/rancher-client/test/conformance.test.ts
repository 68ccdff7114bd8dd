import { describe, expect, it } from '@jest/globals';
import type { z } from 'zod';
import { collectionSchema } from '../src/schemas/collection.js';
import { containerSchema, hostAccessSchema } from '../src/schemas/container.js';
import { errorSchema } from '../src/schemas/error.js';
import { hostSchema } from '../src/schemas/host.js';
import { projectSchema } from '../src/schemas/project.js';
import { serviceSchema } from '../src/schemas/service.js';
import { stackSchema } from '../src/schemas/stack.js';
import { decodeFrame } from '../src/subscribe/frame.js';
import { type Recording, recordings } from './support/recordings.js';

const SCHEMAS: Record<string, z.ZodType> = {
  project: projectSchema,
  stack: stackSchema,
  host: hostSchema,
  environment: stackSchema,
  service: serviceSchema,
  loadBalancerService: serviceSchema,
  dnsService: serviceSchema,
  externalService: serviceSchema,
  networkDriverService: serviceSchema,
  storageDriverService: serviceSchema,
  container: containerSchema,
  instance: containerSchema,
  hostAccess: hostAccessSchema,
  error: errorSchema,
};

interface Typed {
  type: string;
  resourceType?: string;
  data?: { type: string }[];
}

const recorded = recordings();
const exchanges = (recorded ?? []).filter((recording) => isTyped(recording.response?.body) && schemaFor(recording.response.body));
const captures = (recorded ?? []).filter(({ frames }) => frames?.length);

function isTyped(body: unknown): body is Typed {
  return typeof body === 'object' && body !== null && 'type' in body && typeof body.type === 'string';
}

function schemaFor(body: Typed): z.ZodType | undefined {
  const row = SCHEMAS[body.type === 'collection' ? (body.resourceType ?? '') : body.type];
  return body.type === 'collection' && row ? collectionSchema(row) : row;
}

describe('what Rancher 1.6 was recorded to answer', () => {
  // jest refuses it.each of nothing, so nothing is declared without recordings but a skip that says why.
  if (recorded) testRecordings();
  else it.skip('is not checked: there is no ../shared/rancher-1.6/exchanges beside the checkout', () => {});
});

function testRecordings(): void {
  it('has exchanges of projects, stacks, services, containers and errors', () => {
    const bodies = exchanges.map(({ response }) => response?.body).filter(isTyped);
    const types = new Set(bodies.map(({ type, resourceType }) => resourceType ?? type));
    for (const type of ['project', 'stack', 'service', 'container', 'instance', 'error', 'hostAccess']) expect(types).toContain(type);
  });

  it.each(exchanges.map((recording) => [recording.name, recording] as const))('parses %s', (_name, { response }: Recording) => {
    const body = response?.body as Typed;
    const parsed = schemaFor(body)?.safeParse(body);
    expect(parsed?.error?.issues).toBeUndefined();
    if (body.type === 'collection') expect(parsed?.data).toHaveProperty('data.length', body.data?.length);
  });

  it.each(exchanges.filter(holdsLaunchConfig).map((recording) => [recording.name, recording] as const))(
    'keeps the whole launchConfig of %s',
    (_name, { response }: Recording) => {
      const body = response?.body as { launchConfig: unknown };
      expect(serviceSchema.parse(body).launchConfig).toEqual(body.launchConfig);
    },
  );

  it.each(captures.map((capture) => [capture.name, capture] as const))('reads every frame of %s', (_name, { frames = [] }: Recording) => {
    for (const { frame } of frames) {
      const event = decodeFrame(JSON.stringify(frame));
      const { name, resourceId } = frame as { name: string; resourceId: string };
      if (name === 'ping') expect(event).toBeUndefined();
      else expect(event).toMatchObject({ type: 'change', resourceId, resource: { id: resourceId } });
    }
  });
}

function holdsLaunchConfig({ response }: Recording): boolean {
  const body = response?.body as { type: string; launchConfig?: unknown };
  return body.type === 'service' && Boolean(body.launchConfig);
}
