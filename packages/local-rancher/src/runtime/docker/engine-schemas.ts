import { z } from 'zod';

/** What is read of the Engine's answers (Docker Engine API 1.41). */

/** Go's zero time stands for never. */
const text = z
  .string()
  .nullish()
  .transform((value) => value ?? '');

export const inspectionSchema = z.object({
  Id: z.string(),
  Config: z.object({ Tty: z.boolean().nullish(), Labels: z.record(z.string(), z.string()).nullish() }),
  State: z.object({
    Running: z.boolean(),
    Pid: z.number().nullish(),
    ExitCode: z.number().nullish(),
    OOMKilled: z.boolean().nullish(),
    StartedAt: text,
    Health: z.object({ Status: z.string() }).nullish(),
  }),
  HostConfig: z.object({ NetworkMode: z.string().nullish() }).nullish(),
  NetworkSettings: z.object({ Networks: z.record(z.string(), z.object({ IPAddress: text })).nullish() }).nullish(),
});
export type Inspection = z.infer<typeof inspectionSchema>;

export const listSchema = z.array(z.object({ Id: z.string(), Labels: z.record(z.string(), z.string()).nullish() }));

export const eventSchema = z.object({ Actor: z.object({ ID: z.string(), Attributes: z.record(z.string(), z.string()).nullish() }) });

/** A line of what a pull tells. */
export const pullSchema = z.object({
  status: z.string().optional(),
  id: z.string().optional(),
  progressDetail: z.object({ current: z.number().optional(), total: z.number().optional() }).nullish(),
  error: z.string().optional(),
});
export type PullLine = z.infer<typeof pullSchema>;

const bytes = z.number().nonnegative();

const blockSchema = z.object({ major: z.number(), minor: z.number(), op: z.string(), value: bytes });

export const statsSchema = z.object({
  cpu_stats: z.object({ cpu_usage: z.object({ total_usage: z.number() }) }),
  memory_stats: z.object({ usage: bytes.optional() }),
  blkio_stats: z.object({ io_service_bytes_recursive: z.array(blockSchema).nullish() }).nullish(),
  networks: z.record(z.string(), z.object({ rx_bytes: bytes, tx_bytes: bytes })).nullish(),
});
export type Stats = z.infer<typeof statsSchema>;
