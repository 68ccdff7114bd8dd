export interface Secret {
  value: string;
  from: string;
}
export interface Log {
  place: string;
  text: string;
}
export interface Leak {
  from: string;
  place: string;
  line: string;
}
export function findLeaks(secrets: readonly Secret[], logs: Iterable<Log>): Leak[];
export function readWatch(folder: string): { secrets: Secret[]; logs: Log[] };
