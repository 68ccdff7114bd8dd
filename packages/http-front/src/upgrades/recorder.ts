import { createHash, randomBytes } from 'node:crypto';
import { isFinished, type ObjectCache, parseReference, type Rollout, type RolloutSpec, type Store } from '@mooring/resources';
import { Problem } from '../http/problem.js';
import type { Published } from './body.js';

/** What the site's configuration says of every Rollout. */
export type RolloutDefaults = Pick<RolloutSpec, 'selector' | 'strategy' | 'onFailure'>;

export interface RecorderOptions {
  store: Pick<Store, 'create'>;
  rollouts: Pick<ObjectCache<'Rollout'>, 'get' | 'list'>;
  defaults: RolloutDefaults;
  /** In ms since the epoch. */
  now: () => number;
}

/** Registries and CI send again what was answered late; a push of the same tag that means something new comes later. */
const REPEAT_MS = 30_000;
const MAX_OPEN = 500;

/** Names have 63 characters at most. */
const MAX_WORD = 40;

function newName(image: string): string {
  const last = parseReference(image)?.repository.split('/').at(-1) ?? 'image';
  const word = last
    .slice(0, MAX_WORD)
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-|-$/g, '');
  return `${word || 'image'}-${randomBytes(4).toString('hex')}`;
}

const hashOf = (published: Published): string => createHash('sha256').update(JSON.stringify(published)).digest('hex');

function tooMany(): Problem {
  const detail = `More than ${MAX_OPEN} rollouts are under way. Wait until some are done, or cancel them.`;
  return new Problem({ status: 429, code: 'too-many-rollouts', title: 'Too Many Requests', detail, retryAfter: 60 });
}

/** Records what was published as a Rollout; the same within a short time is the same Rollout. */
export class UpgradeRecorder {
  /** By what was published: the Rollout that is, or is being, recorded for it. */
  readonly #recent = new Map<string, { at: number; recorded: Promise<Rollout> }>();

  constructor(private readonly options: RecorderOptions) {}

  record(published: Published): Promise<Rollout> {
    const now = this.options.now();
    for (const [key, { at }] of this.#recent) if (now - at >= REPEAT_MS || at > now) this.#recent.delete(key);
    const hash = hashOf(published);
    const known = this.#recent.get(hash)?.recorded ?? this.#beforeRestart(published, now);
    if (known) return known;
    const recorded = this.#create(published);
    this.#recent.set(hash, { at: now, recorded });
    // What could not be recorded is no repeat of anything.
    recorded.catch(() => this.#recent.delete(hash));
    return recorded;
  }

  /** What an earlier run of ours has recorded a moment ago. */
  #beforeRestart({ image, confirm, startFirst, timeoutSeconds }: Published, now: number): Promise<Rollout> | undefined {
    const found = this.options.rollouts.list().find(({ metadata, spec }) => {
      const age = now - Date.parse(metadata.creationTimestamp);
      const same =
        spec.image === image && spec.confirm === confirm && spec.startFirst === startFirst && spec.timeoutSeconds === timeoutSeconds;
      return same && !spec.canceled && Math.abs(age) < REPEAT_MS;
    });
    return found && Promise.resolve(found);
  }

  async #create(published: Published): Promise<Rollout> {
    const { store, rollouts, defaults } = this.options;
    if (rollouts.list().filter((rollout) => !isFinished(rollout)).length >= MAX_OPEN) throw tooMany();
    return store.create('Rollout', { metadata: { name: newName(published.image) }, spec: { ...defaults, ...published } });
  }
}
