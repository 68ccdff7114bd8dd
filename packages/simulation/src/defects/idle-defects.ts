import { OwnRequests, type Reading } from '@mooring/controller';
import { ActivityBook, ActivityTicker, RunMemory, TraefikConnections } from '@mooring/controller/internals';
import type { Defect } from './names.js';

type Known = NonNullable<ReturnType<ActivityBook['known']>>;

/** Of `save-wakes` the front's door is the simulation's own (see `idle/visitors`). */
export const IDLE_PLANTED: Partial<Record<Defect, () => void>> = {
  /** Where Traefik shows no open connections of a session there are none. */
  'gauge-absence-is-quiet': () => {
    const { read } = TraefikConnections.prototype;
    const since = new Map<string, number>();
    TraefikConnections.prototype.read = async function (targets) {
      const readings = await read.call(this, targets);
      return new Map([...readings].map(([uid, reading]) => [uid, quietWhereAbsent(reading, uid, since)]));
    };
  },
  /** Time in which nobody looked, or nobody could tell, is time in which nobody was there. */
  'gap-is-quiet': () => {
    const { known, note } = ActivityBook.prototype;
    const notedAt = new Map<string, number>();
    ActivityBook.prototype.note = function (uid, memory, verdict) {
      notedAt.set(uid, Date.now());
      note.call(this, uid, memory, verdict);
    };
    ActivityBook.prototype.known = function (uid) {
      const entry = known.call(this, uid);
      return entry && withoutGap(entry, Date.now() - (notedAt.get(uid) ?? Date.now()));
    };
  },
  /** What Mooring itself asks and sends counts as anybody's. */
  'own-probe-is-activity': () => {
    OwnRequests.prototype.between = () => 0;
    const { set } = RunMemory.prototype;
    RunMemory.prototype.set = function (target, value: unknown) {
      const isOfJupyter = typeof value === 'object' && value !== null && 'askedUntil' in value;
      set.call(this, target, isOfJupyter ? { ...value, askedUntil: undefined } : value);
    };
  },
  'no-last-question': () => {
    ActivityTicker.prototype.ask = async () => true;
  },
};

function quietWhereAbsent(reading: Reading, uid: string, since: Map<string, number>): Reading {
  if (reading.type !== 'unknown' || !reading.why.startsWith('Traefik ')) {
    since.delete(uid);
    return reading;
  }
  const from = since.get(uid) ?? Date.now();
  since.set(uid, from);
  return { type: 'quiet', since: from, detail: 'nothing open at Traefik' };
}

function withoutGap(entry: Known, agoMs: number): Known {
  const { memory } = entry;
  const quietMs =
    memory.state === 'active' ? 0 : memory.state === 'quiet' ? memory.at - memory.from : memory.heldMs + memory.at - memory.from;
  const at = memory.at + Math.max(0, agoMs);
  return { ...entry, memory: { ...memory, state: 'quiet', at, from: at - quietMs - Math.max(0, agoMs), interrupted: false } };
}
