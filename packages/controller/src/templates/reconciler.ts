import { isDeepStrictEqual } from 'node:util';
import { ConflictError, type ObjectCache, type SessionTemplate, type Store, setCondition } from '@mooring/resources';
import { Agent, request } from 'undici';
import { z } from 'zod';
import type { Clock } from '../runtime/clock.js';
import type { Result } from '../runtime/controller.js';

export interface TemplateReconcilerOptions {
  store: Store;
  templates: ObjectCache<'SessionTemplate'>;
  clock: Clock;
}

/** What narrative_version_url answers. */
const versionSchema = z.object({ version: z.string().regex(/^[A-Za-z0-9_][A-Za-z0-9._-]{0,127}$/, 'must be an image tag') });

const DEADLINE_MS = 5000;
/** A version is asked for this often, in ms; a change reaches the Sessions that are created afterwards. */
const ASK_AGAIN_MS = 60_000;

type Resolved = { image: string } | { error: string };

/** Finds out the image of a template, tag included, and writes it into the status. What was known stays while the URL gives no answer. */
export class TemplateReconciler {
  readonly #agent = new Agent({ connect: { timeout: DEADLINE_MS }, headersTimeout: DEADLINE_MS, bodyTimeout: DEADLINE_MS });

  constructor(private readonly options: TemplateReconcilerOptions) {}

  readonly reconcile = async (name: string): Promise<Result | undefined> => {
    const template = this.options.templates.get(name);
    if (!template) return undefined;
    const resolved = await this.#resolve(template);
    const settled = await this.#record(template, resolved);
    if (!settled) return { requeueAfterMs: 5 };
    return template.spec.image.versionUrl === undefined ? undefined : { requeueAfterMs: ASK_AGAIN_MS };
  };

  async close(): Promise<void> {
    await this.#agent.destroy();
  }

  async #resolve({ spec }: SessionTemplate): Promise<Resolved> {
    const { name, tag, versionUrl } = spec.image;
    if (versionUrl === undefined) return { image: tag === undefined ? name : `${name}:${tag}` };
    try {
      const answer = await request(versionUrl, {
        dispatcher: this.#agent,
        signal: AbortSignal.timeout(DEADLINE_MS),
        headers: { accept: 'application/json' },
      });
      const body = await answer.body.text();
      if (answer.statusCode !== 200) return { error: `${versionUrl} answers ${answer.statusCode}` };
      return { image: `${name}:${versionSchema.parse(JSON.parse(body)).version}` };
    } catch (error) {
      return { error: `${versionUrl} gives no {"version": "x.y.z"}: ${error instanceof Error ? error.message : String(error)}` };
    }
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
      if (error instanceof ConflictError) return false;
      throw error;
    }
  }
}
