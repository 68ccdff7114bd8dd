import { hashPassword, isPassword, kindOfHash } from './passwords.js';

/** Who may deploy: the hash of each user's password, by the user's name. */
export type Users = ReadonlyMap<string, string>;

/** Whom a users file names, and what is wrong with it: a sentence each, in which no hash is. */
export interface ReadUsers {
  users: Users;
  problems: string[];
  /** Users whose hash is a plain SHA-256. */
  old: string[];
}

const USER = /^[A-Za-z0-9][A-Za-z0-9._@-]{0,63}$/;

function problemOf(user: string, hash: string): string | undefined {
  if (!USER.test(user)) return 'its user name must have 1 to 64 letters, digits, ".", "_", "@" or "-"';
  if (kindOfHash(hash) !== undefined) return undefined;
  return hash === ''
    ? 'it has no hash'
    : 'its hash is neither scrypt, argon2 nor SHA-256, or costs more or less than may be; make one with: mooring hash-password';
}

/** A file of lines `user,hash`; empty ones, and those that begin with #, say nothing. What is wrong leaves out its line only. */
export function readUsers(text: string): ReadUsers {
  const users = new Map<string, string>();
  const problems: string[] = [];
  text.split(/\r?\n/).forEach((line, index) => {
    if (line.trim() === '' || line.startsWith('#')) return;
    const comma = line.indexOf(',');
    const [user, hash] = comma < 0 ? [line.trim(), ''] : [line.slice(0, comma).trim(), line.slice(comma + 1).trim()];
    const problem = problemOf(user, hash);
    if (problem === undefined) users.set(user, hash);
    else problems.push(`line ${index + 1}: ${problem}`);
  });
  return { users, problems, old: [...users].filter(([, hash]) => kindOfHash(hash) === 'old').map(([user]) => user) };
}

let nobodys: Promise<string> | undefined;

/** Whether somebody may sign in. It takes as long for a name that nobody has as for the first user's. */
export async function signsIn(users: Users, user: string, password: string): Promise<boolean> {
  const hash = users.get(user);
  if (hash !== undefined) return isPassword(password, hash);
  nobodys ??= hashPassword('');
  const [another = await nobodys] = users.values();
  await isPassword(password, another);
  return false;
}
