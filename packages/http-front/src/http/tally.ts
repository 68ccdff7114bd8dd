import { Counter, type CounterConfiguration } from 'prom-client';

/** Adds one. */
export type Count = () => void;

/**
 * A counter for what happens with every request: ones are added up as plain numbers, and told to prom-client when somebody reads it; its own
 * way takes a microsecond each time. Answers what counts for labels, which are told as 0 from now on.
 */
export function createTally<T extends string>(configuration: CounterConfiguration<T>): (labels: Record<T, string | number>) => Count {
  const untold: { labels: Record<T, string | number>; count: number }[] = [];
  const counter = new Counter<T>({
    ...configuration,
    collect() {
      for (const entry of untold) {
        this.inc(entry.labels, entry.count);
        entry.count = 0;
      }
    },
  });
  return (labels) => {
    counter.inc(labels, 0);
    const entry = { labels, count: 0 };
    untold.push(entry);
    return () => {
      entry.count += 1;
    };
  };
}
