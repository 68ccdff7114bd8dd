import { MetadataClient, RancherError, RancherUnreachableError } from '@mooring/rancher-client';
import { z } from 'zod';
import { KEEP, type Reading } from './reading.js';

export interface MetadataOptions {
  /** `http://rancher-metadata`; a version may stand behind it, and goes before `version` then. */
  url: string;
  /** 2016-07-29 by default. */
  version?: string | undefined;
  /** Milliseconds for each request. */
  deadlineMs: number;
}

/** What is asked of the metadata service. All throw where it gives no answer that makes sense. */
export interface MetadataSource {
  read(): Promise<Reading>;
  version(): Promise<string>;
  /** The version as soon as it is another one than `previous`, or `previous` itself after `maxWaitSeconds`. */
  waitForVersion(previous: string, options: { maxWaitSeconds: number; signal: AbortSignal }): Promise<string>;
  /** A text of the own service's or host's; undefined where there is none. */
  text(path: `/self/${string}`): Promise<string | undefined>;
  close(): Promise<void>;
}

const VERSION = /^(.*)\/(latest|\d{4}-\d{2}-\d{2})\/*$/;
const containersSchema = z.array(z.unknown());

const isMissing = (error: unknown): boolean =>
  (error instanceof RancherError || error instanceof RancherUnreachableError) && error.status === 404;

async function orUndefined<T>(answer: Promise<T>): Promise<T | undefined> {
  try {
    return await answer;
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}

/** Rancher's metadata service, and what of it is read for domains. @throws InvalidArgumentError for a URL or version that is none. */
export function openMetadata({ url, version, deadlineMs }: MetadataOptions): MetadataSource {
  const [, base = url, named = version] = VERSION.exec(url) ?? [];
  const client = new MetadataClient({ url: base, version: named, deadlineMs });
  const aliases = async (): Promise<Pick<Reading, 'aliases' | 'problem'>> => {
    try {
      return { aliases: await orUndefined(client.read('/self/service/metadata/aliases', z.unknown())) };
    } catch (error) {
      return { aliases: KEEP, problem: `The aliases are kept as they were: ${error instanceof Error ? error.message : String(error)}` };
    }
  };
  return {
    read: async () => {
      const [containers, others] = await Promise.all([client.read('/containers', containersSchema), aliases()]);
      return { containers, ...others };
    },
    version: () => client.version(),
    waitForVersion: (previous, options) => client.waitForVersion(previous, options),
    text: (path) => orUndefined(client.read(path, z.string())),
    close: () => client.close(),
  };
}
