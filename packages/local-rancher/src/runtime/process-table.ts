import { readdirSync, readFileSync } from 'node:fs';
import { systemErrorCode } from './errors.js';

/** One live process, from /proc/<pid>/stat (proc(5)). */
export interface ProcessEntry {
  pid: number;
  parent: number;
  group: number;
  /** Clock ticks since boot: with the pid it names one process for good, since pids are used again. */
  startTime: string;
}

/** Every process that runs now. Zombies aren't among them: they hold nothing but an entry that their parent hasn't read. */
export function listProcesses(): ProcessEntry[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((pid) => findProcess(Number(pid)) ?? []);
}

export function findProcess(pid: number): ProcessEntry | undefined {
  return parseStat(readProc(pid, 'stat'));
}

/** @internal The name, in parentheses, may hold blanks and parentheses itself: the fields start after the last one. */
export function parseStat(stat: string): ProcessEntry | undefined {
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const [state, parent, group] = fields;
  const startTime = fields[19];
  if (startTime === undefined || state === 'Z' || state === 'X') return undefined;
  return { pid: Number.parseInt(stat, 10), parent: Number(parent), group: Number(group), startTime };
}

/** The environment that a process was started with; empty where it may not be read or the process is gone. */
export function environmentOf(pid: number): ReadonlyMap<string, string> {
  const assignments = readProc(pid, 'environ').split('\0');
  return new Map(assignments.map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)]));
}

/** Bytes of memory that a process holds now. Pages shared with another process count in both. */
export function residentBytes(pid: number): number {
  const kilobytes = /^VmRSS:\s+(\d+) kB$/m.exec(readProc(pid, 'status'))?.[1];
  return Number(kilobytes ?? 0) * 1024;
}

const GONE_OR_FOREIGN = new Set(['ENOENT', 'ESRCH', 'EACCES', 'EPERM']);

/**
 * Read synchronously, on purpose: /proc never waits for a disk, and between reading whose process a pid is and signalling it nothing
 * else may happen.
 */
function readProc(pid: number, file: 'stat' | 'environ' | 'status'): string {
  try {
    return readFileSync(`/proc/${pid}/${file}`, 'latin1');
  } catch (error) {
    if (GONE_OR_FOREIGN.has(systemErrorCode(error) ?? '')) return '';
    throw error;
  }
}
