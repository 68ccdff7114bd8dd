import { createHmac } from 'node:crypto';

/** What a probe of a Session shows, by the Session's uid: should its container ever see it, it is good for nothing else. */
export type ProbeProof = (uid: string) => string;

/** `key`: random bytes that nobody else has. */
export function createProbeProof(key: Buffer): ProbeProof {
  return (uid) => createHmac('sha256', key).update(`probe of ${uid}`).digest('base64url');
}
