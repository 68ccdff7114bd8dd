import { parseReference, sameRepository } from './reference.js';
import { judgeTags, type Verdict } from './version.js';

/**
 * Whether a container of the image `running` is to get the image `published`; undefined where they are of different repositories, or what runs is no
 * reference, and so none of its business.
 */
export function judgeImages(running: string, published: string): Verdict | undefined {
  const [from, to] = [parseReference(running), parseReference(published)];
  if (!from || !to || !sameRepository(from, to)) return undefined;
  if (to.digest !== undefined && to.digest === from.digest) return { upgrade: false, ordered: true, why: 'This very image runs.' };
  const [fromTag, toTag] = [tagOf(from), tagOf(to)];
  if (fromTag !== undefined && toTag !== undefined) return judgeTags(fromTag, toTag);
  return {
    upgrade: false,
    ordered: false,
    why: `It can't be told whether ${published} is newer than ${running}: a digest says nothing of its version.`,
  };
}

/** Without tag and digest, `latest` is meant. */
const tagOf = ({ tag, digest }: { tag?: string; digest?: string }): string | undefined =>
  tag ?? (digest === undefined ? 'latest' : undefined);
