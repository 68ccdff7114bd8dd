import { createHash } from 'node:crypto';
import { nameSchema } from '@mooring/resources';

const PLACE = '{}';
/** narrative-traefiker's budget for a whole name, its two braces counted in. */
const BUDGET = 62;
/** Hexadecimal digits of the hash: 6 as narrative-traefiker has it, more where somebody else has that name already. */
const HASH_LENGTHS = [6, 12, 24, 40];

/**
 * As narrative-traefiker cleans a user's name, but for what Rancher would refuse anyway: hyphens at the beginning, at the cut, and all
 * characters but letters and digits.
 */
function clean(user: string, length: number): string {
  const words = user
    .replace(/[^A-Za-z0-9]+/g, '-')
    .replace(/-$/, '-0')
    .replace(/^-/, '');
  return words.slice(0, length).replace(/-$/, '') || '0';
}

/** The short hash is narrative-traefiker's SHA-1; the longer ones must not be made to collide. */
function hashOf(user: string, length: number): string {
  return createHash(length === 6 ? 'sha1' : 'sha256')
    .update(user)
    .digest('hex')
    .slice(0, length);
}

/** People whose names are remembered: each takes four hashes, and who is at work asks often. */
const MAX_REMEMBERED = 10_000;
/** By how sessions are named, of which there is but one, and by person: a key of both would be a new string, to be hashed, each time. */
const remembered = new Map<string, Map<string, readonly string[]>>();

/**
 * The names that a person's session may have, in the order in which they are tried. Each is a valid name of a session and of a
 * Rancher service; the first is the one that narrative-traefiker gives.
 */
export function sessionNames(containerName: string, user: string): readonly string[] {
  const known = remembered.get(containerName) ?? new Map<string, readonly string[]>();
  const before = known.get(user);
  if (before !== undefined) return before;
  const names = makeNames(containerName, user);
  if (known.size >= MAX_REMEMBERED) known.clear();
  remembered.set(containerName, known.set(user, names));
  return names;
}

function makeNames(containerName: string, user: string): readonly string[] {
  return HASH_LENGTHS.filter((length) => BUDGET - containerName.length - length >= 1).map((length) => {
    const words = clean(user, BUDGET - containerName.length - length);
    return containerName.replace(PLACE, `${words}-${hashOf(user, length)}`);
  });
}

/** Throws RangeError with a sentence unless `containerName` makes valid names. */
export function checkContainerName(containerName: string): void {
  const [first] = containerName.split(PLACE).length === 2 ? sessionNames(containerName, 'user') : [];
  if (first === undefined || !nameSchema.safeParse(first).success) {
    throw new RangeError(
      `containerName: "${containerName}" must hold {} once, between letters, digits and single hyphens, in at most ${BUDGET - 7} characters, as in narrative-{}.`,
    );
  }
}
