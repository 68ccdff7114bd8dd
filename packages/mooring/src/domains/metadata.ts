import { aliasesFromMap, type Known, type MetadataSource, openMetadata, readIfThere } from '@mooring/domains';
import type { Config } from '../config/config.js';

/** Milliseconds for each question, beside the time that the service may wait. */
const DEADLINE_MS = 10_000;

/** Where Rancher's metadata are; narrative-traefiker's key tells it where neither of the others is set. */
function metadataUrl({ settings, sources }: Config): string {
  if (settings.MOORING_DOMAINS_METADATA !== undefined) return settings.MOORING_DOMAINS_METADATA;
  return !sources.RANCHER_API_HOST && sources.rancher_meta ? settings.rancher_meta : `http://${settings.RANCHER_API_HOST}`;
}

export const openDomainMetadata = (config: Config): MetadataSource =>
  openMetadata({ url: metadataUrl(config), version: config.settings.RANCHER_API_VERSION, deadlineMs: DEADLINE_MS });

/** What the files of an earlier run tell: aliases, for the case that nobody else does, and how many servers there were. */
export async function knownFrom(paths: { backends: string; map: string }, domain: string): Promise<Known> {
  const [backends, map] = [await readIfThere(paths.backends), await readIfThere(paths.map)];
  return { aliases: aliasesFromMap(map ?? '', domain), asking: backends?.match(/^ {2}server /gm)?.length ?? 0 };
}
