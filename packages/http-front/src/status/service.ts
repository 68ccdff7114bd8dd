import { CLIENT_IP_ANNOTATION, POOL_LABEL, type Session, UNCLAIMED_LABEL, WANTED_ANNOTATION } from '@mooring/resources';

/** A session as narrative-traefiker's `/narrative_status/` lists services; times of day are in UTC. */
export interface NarrativeService {
  /** The service's name. */
  instance: string;
  /** `queued`: it waits for somebody. */
  state: 'active' | 'queued';
  /** What the name has of its person; `*` where it has none yet. */
  session_id: string;
  /** Tells sessions of one name apart. The session's uid: there it is the cookie's value, which is in no answer but its owner's. */
  session_key: string;
  /** As Rancher writes images. */
  image: string;
  /** Always empty: sessions are reached through Traefik, and publish no port. */
  publicEndpoints: '[]';
  /** In the form of C's asctime. */
  last_seen: string;
  last_ip: string | null;
  /** RFC 3339. */
  created: string;
}

/** As C's asctime writes a time, in UTC: `Fri Nov  6 18:26:32 2026`. */
export function asctime(ms: number): string {
  const [weekday = '', day = '', month = '', year = '', time = ''] = new Date(ms).toUTCString().split(' ');
  return `${weekday.slice(0, 3)} ${month} ${String(Number(day)).padStart(2)} ${time} ${year}`;
}

/** Nobody has asked for it, or nobody knows who did. */
const isQueued = ({ metadata: { labels } }: Session): boolean => labels[POOL_LABEL] !== undefined || labels[UNCLAIMED_LABEL] !== undefined;

/** The last time, in ms, of which it is known that somebody used or wanted it; at the latest when it was asked for. */
function lastSeenAt({ metadata }: Session, lastUse: number | undefined): number {
  const wanted = Date.parse(metadata.annotations[WANTED_ANNOTATION] ?? '') || 0;
  return Math.max(Date.parse(metadata.creationTimestamp), wanted, lastUse ?? 0);
}

export interface Surroundings {
  /** How sessions are named: `{}` stands for the person. */
  containerName: string;
  /** When somebody was last seen using a session, by its uid, in ms since the epoch. */
  lastUse: (uid: string) => number | undefined;
}

/** Pure: a session's line of the status. */
export function narrativeService(session: Session, { containerName, lastUse }: Surroundings): NarrativeService {
  const { metadata, spec } = session;
  const queued = isQueued(session);
  return {
    instance: metadata.name,
    state: queued ? 'queued' : 'active',
    session_id: queued ? '*' : metadata.name.replace(containerName.replace('{}', ''), ''),
    session_key: metadata.uid,
    image: `docker:${spec.launch.image}`,
    publicEndpoints: '[]',
    last_seen: asctime(lastSeenAt(session, lastUse(metadata.uid))),
    last_ip: metadata.annotations[CLIENT_IP_ANNOTATION] ?? null,
    created: metadata.creationTimestamp,
  };
}
