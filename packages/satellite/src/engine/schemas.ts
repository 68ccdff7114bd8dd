import { z } from 'zod';

/** What is read of the Engine's answers (Docker Engine API 1.41). */

export const listSchema = z.array(z.object({ Id: z.string() }));

const text = z
  .string()
  .nullish()
  .transform((value) => value ?? '');
const flag = z
  .boolean()
  .nullish()
  .transform((value) => value ?? false);
const number = z
  .number()
  .nullish()
  .transform((value) => value ?? 0);

export const inspectionSchema = z.object({
  Config: z.object({ Tty: flag }),
  State: z.object({
    Status: z.string(),
    Running: flag,
    Paused: flag,
    Restarting: flag,
    OOMKilled: flag,
    Dead: flag,
    Pid: number,
    ExitCode: number,
    Error: text,
    StartedAt: text,
    FinishedAt: text,
  }),
});

export const changesSchema = z.array(z.object({ Path: z.string(), Kind: z.number() })).nullish();

export const statsSchema = z.object({
  read: z.string(),
  cpu_stats: z.object({ cpu_usage: z.object({ total_usage: z.number() }) }),
  memory_stats: z.object({ usage: z.number().optional(), limit: z.number().optional() }),
  networks: z.record(z.string(), z.object({ rx_bytes: z.number(), tx_bytes: z.number() })).nullish(),
  blkio_stats: z.object({ io_service_bytes_recursive: z.array(z.object({ op: z.string(), value: z.number() })).nullish() }).nullish(),
});
