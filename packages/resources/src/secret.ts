import { randomBytes } from 'node:crypto';

/** The value of a Session's cookie: 256 random bits as 64 lower-case hexadecimal digits. */
export const newSecret = (): string => randomBytes(32).toString('hex');
