import type { Metric, Registry } from 'prom-client';

/** Adds an observation, in seconds. */
export type Observe = (seconds: number) => void;

interface Series {
  label: string;
  /** Observations at or below each bound, and above the one before it; the last are above all. */
  counts: number[];
  sum: number;
}

export interface DurationsOptions {
  name: string;
  help: string;
  labelName: string;
  labels: readonly string[];
  /** Upper bounds, in seconds, ascending. */
  buckets: readonly number[];
  registers: readonly Registry[];
}

function valuesOf({ label, counts, sum }: Series, { name, labelName, buckets }: DurationsOptions) {
  const labels = { [labelName]: label };
  let below = 0;
  const bounds = [...buckets, '+Inf'].map((le, index) => {
    below += counts[index] ?? 0;
    return { labels: { le, ...labels }, value: below, metricName: `${name}_bucket`, exemplar: null };
  });
  return [...bounds, { labels, value: sum, metricName: `${name}_sum` }, { labels, value: below, metricName: `${name}_count` }];
}

/**
 * A histogram for what happens with every request: it counts by plain numbers, where prom-client's own takes a microsecond to find the
 * numbers of its labels each time. Answers what observes for a label, each of which is told from now on.
 */
export function createDurations(options: DurationsOptions): (label: string) => Observe {
  const { name, help, labels, buckets, registers } = options;
  const empty = (): number[] => Array.from({ length: buckets.length + 1 }, () => 0);
  const series = new Map(labels.map((label): [string, Series] => [label, { label, counts: empty(), sum: 0 }]));
  const all = [...series.values()];
  const metric = {
    name,
    help,
    type: 'histogram',
    aggregator: 'sum',
    get: async () => ({ name, help, type: 'histogram', aggregator: 'sum', values: all.flatMap((one) => valuesOf(one, options)) }),
    reset: () => {
      for (const one of all) Object.assign(one, { counts: empty(), sum: 0 });
    },
  };
  for (const registry of registers) registry.registerMetric(metric as unknown as Metric);
  return (label) => {
    const one = series.get(label);
    if (one === undefined) throw new RangeError(`${name} has no ${options.labelName} "${label}"`);
    return (seconds) => {
      let index = 0;
      while (index < buckets.length && seconds > (buckets[index] ?? 0)) index += 1;
      one.counts[index] = (one.counts[index] ?? 0) + 1;
      one.sum += seconds;
    };
  };
}
