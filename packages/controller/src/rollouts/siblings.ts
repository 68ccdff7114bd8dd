import { parseReference, type Rollout, sameRepository } from '@mooring/resources';

/** Whether one was made after the other: names decide between those of one moment. */
export function isLater(a: Rollout, b: Rollout): boolean {
  const [at, bt] = [Date.parse(a.metadata.creationTimestamp), Date.parse(b.metadata.creationTimestamp)];
  return at === bt ? a.metadata.name > b.metadata.name : at > bt;
}

/** Rollouts of the same repository that were made later. */
export function sameImageLater(rollout: Rollout, others: readonly Rollout[]): Rollout[] {
  const image = parseReference(rollout.spec.image);
  return others.filter((other) => {
    const theirs = parseReference(other.spec.image);
    return image !== undefined && theirs !== undefined && sameRepository(image, theirs) && isLater(other, rollout);
  });
}

/** The cache hears of our own writes a moment later: what was written last is what counts until then. */
export function newest(cached: Rollout, written: Rollout | undefined): Rollout {
  if (written?.metadata.uid !== cached.metadata.uid) return cached;
  return Number(written.metadata.resourceVersion) > Number(cached.metadata.resourceVersion) ? written : cached;
}
