import { isDeepStrictEqual } from 'node:util';
import {
  ConflictError,
  imageTagSchema,
  NotFoundError,
  type ObjectCache,
  type SessionTemplate,
  type Store,
  setCondition,
} from '@mooring/resources';
import { z } from 'zod';
import { type Asker, Prober } from '../routes/prober.js';
import type { Clock } from '../runtime/clock.js';
import type { Result } from '../runtime/controller.js';

export interface TemplateReconcilerOptions {
  store: Store;
  templates: ObjectCache<'SessionTemplate'>;
  clock: Clock;
  /** Over the network where it is missing. */
  asker?: Asker | undefined;
}

/** What narrative_version_url answers. */
const versionSchema = z.object({ version: imageTagSchema });

const LIMITS = { deadlineMs: 5000, textBytes: 64 * 1024 };

type Resolved = { image: string } | { error: string };

/** Finds out the image of a template, tag included, and writes it into the status. What was known stays while the URL gives no answer. */
export class TemplateReconciler {
  readonly #asker: Asker;

  constructor(private readonly options: TemplateReconcilerOptions) {
    this.#asker = options.asker ?? new Prober(LIMITS);
  }

  readonly reconcile = async (name: string): Promise<Result | undefined> => {
    const template = this.options.templates.get(name);
    if (!template) return undefined;
    const resolved = await this.#resolve(template);
    const settled = await this.#record(template, resolved);
    return settled ? undefined : { requeueAfterMs: 5 };
  };

  async close(): Promise<void> {
    await this.#asker.close();
  }

  async #resolve({ spec }: SessionTemplate): Promise<Resolved> {
    const { name, tag, versionUrl } = spec.image;
    if (versionUrl === undefined) return { image: tag === undefined ? name : `${name}:${tag}` };
    const { origin, pathname, search } = new URL(versionUrl);
    const answer = await this.#asker.ask({ origin, path: `${pathname}${search}`, headers: { accept: 'application/json' } });
    // Without the query, and without what may stand before an @: a token may be in either.
    const where = `The version's address ${origin}${pathname} (spec.image.versionUrl)`;
    if ('error' in answer) return { error: `${where} gives no answer: ${answer.error}.` };
    if (answer.status !== 200) return { error: `${where} answers ${answer.status}, not 200.` };
    const version = readVersion(answer.text);
    if (version === undefined) return { error: `${where} does not answer {"version": "<an image tag such as 1.2.3>"}.` };
    return { image: `${name}:${version}` };
  }

  async #record(template: SessionTemplate, resolved: Resolved): Promise<boolean> {
    const { generation } = template.metadata;
    const image = 'image' in resolved ? resolved.image : template.status.image;
    const condition =
      'image' in resolved
        ? ({ type: 'Resolved', status: 'True', reason: 'ImageKnown', message: `New sessions run ${resolved.image}.` } as const)
        : ({ type: 'Resolved', status: 'False', reason: 'NoVersion', message: resolved.error } as const);
    const conditions = setCondition(
      template.status.conditions,
      { ...condition, observedGeneration: generation },
      new Date(this.options.clock.now()),
    );
    const status = { observedGeneration: generation, conditions, ...(image !== undefined && { image }) };
    if (isDeepStrictEqual(status, template.status)) return true;
    try {
      await this.options.store.updateStatus('SessionTemplate', { ...template, status });
      return true;
    } catch (error) {
      if (error instanceof ConflictError || error instanceof NotFoundError) return false;
      throw error;
    }
  }
}

function readVersion(text: string): string | undefined {
  try {
    return versionSchema.safeParse(JSON.parse(text)).data?.version;
  } catch {
    return undefined;
  }
}
