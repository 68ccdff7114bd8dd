import { StoreError } from '@mooring/resources';
import { Counter, Histogram, type Registry } from 'prom-client';

/** What the caller asked for could not be, and nothing is wrong with the store. */
const REFUSALS = new Set(['AlreadyExists', 'NotFound', 'Conflict', 'Invalid']);

/** Measures what is written to the store. Answers what to tell of each write. */
export function registerStoreMetrics(registry: Registry): (seen: { seconds: number; error?: unknown }) => void {
  const registers = [registry];
  const seconds = new Histogram({
    name: 'mooring_store_write_seconds',
    help: 'Time until a write of the store was committed or refused.',
    buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5],
    registers,
  });
  const failures = new Counter({
    name: 'mooring_store_failures_total',
    help: 'Writes that the store could not do; those that are refused by its rules are none.',
    registers,
  });
  return ({ seconds: took, error }) => {
    seconds.observe(took);
    if (error !== undefined && !(error instanceof StoreError && REFUSALS.has(error.code))) failures.inc();
  };
}
