import { z } from 'zod';
import { count, flag, label, list, map, stringMap, text } from './primitives.js';

/** A container as the metadata service has it (version 2016-07-29). */
export const metadataContainerSchema = z.object({
  name: label,
  uuid: text,
  primary_ip: text,
  state: text,
  health_state: text,
  service_name: text,
  stack_name: text,
  host_uuid: text,
  labels: stringMap,
  ports: list(z.string()),
  start_count: count,
});
export type MetadataContainer = z.infer<typeof metadataContainerSchema>;

export const metadataServiceSchema = z.object({
  name: label,
  uuid: text,
  stack_name: text,
  kind: text,
  state: text,
  scale: count,
  labels: stringMap,
  ports: list(z.string()),
  metadata: map,
  containers: list(metadataContainerSchema),
});
export type MetadataService = z.infer<typeof metadataServiceSchema>;

export const metadataStackSchema = z.object({
  name: label,
  uuid: text,
  environment_name: text,
  environment_uuid: text,
  system: flag,
  services: list(metadataServiceSchema),
});
export type MetadataStack = z.infer<typeof metadataStackSchema>;
