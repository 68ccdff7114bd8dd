import { randomUUID } from 'node:crypto';
import { formatId } from '../model/ids.js';
import type { ResourceRecord } from '../model/records.js';

/** A change, with the whole object in it (recordings 06-*). */
export const changeFrame = (record: ResourceRecord, resource: Record<string, unknown>): string =>
  JSON.stringify({
    id: randomUUID(),
    name: 'resource.change',
    resourceId: formatId(record.kind, record.id),
    resourceType: record.kind,
    data: { resource },
    time: Date.now(),
  });

/** Says that the connection lives. */
export const pingFrame = (): string =>
  JSON.stringify({
    id: randomUUID(),
    name: 'ping',
    resourceId: null,
    resourceType: null,
    data: { options: {}, resources: [] },
    time: Date.now(),
  });
