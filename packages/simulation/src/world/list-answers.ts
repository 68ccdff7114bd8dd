import type { EmbeddedRancher } from '@mooring/local-rancher';
import { z } from 'zod';
import type { Random } from '../determinism/random.js';
import type { Faults } from './faults.js';
import type { SeenCall } from './seen-call.js';

/** So few on a page that lists have several, and change between them. */
const PAGE = 12;
/** Old answers that a stale list may be. */
const KEPT = 6;

const pageSchema = z.looseObject({ data: z.array(z.looseObject({})), pagination: z.looseObject({ next: z.string().nullable() }) });

/** Lists as they come from a Rancher behind a cache or a proxy: in pages, now and then a part of them, an old one, or an empty one. */
export class ListAnswers {
  readonly #old = new Map<string, string[]>();

  constructor(
    private readonly rancher: EmbeddedRancher,
    private readonly faults: Faults,
    private readonly random: Random,
  ) {}

  /** undefined for what is no list. */
  answer({ call, path, query }: SeenCall): { status: number; text: string } | undefined {
    if (call !== 'list') return undefined;
    const paged = new URLSearchParams(query);
    paged.set('limit', String(PAGE));
    const where = `${path}?${paged}`;
    const answer = this.rancher.ask({ method: 'GET', path: where });
    if (answer.status !== 200) return answer;
    const old = this.#remember(where, answer.text);
    const fault = this.faults.meetList();
    if (fault === 'stale-list') return { status: 200, text: old };
    if (fault === undefined) return answer;
    return { status: 200, text: JSON.stringify(this.#without(fault === 'empty-list' ? 0 : undefined, answer.text)) };
  }

  /** Answers one that was given before, where there is one. */
  #remember(where: string, text: string): string {
    const kept = this.#old.get(where) ?? [];
    const old = kept[this.random.int(0, Math.max(0, kept.length - 1))] ?? text;
    this.#old.set(where, [...kept, text].slice(-KEPT));
    return old;
  }

  /** Some rows only, and no word of others. */
  #without(count: number | undefined, text: string): unknown {
    const page = pageSchema.parse(JSON.parse(text));
    const length = count ?? this.random.int(0, Math.max(0, page.data.length - 1));
    return { ...page, data: page.data.slice(0, length), pagination: { ...page.pagination, next: null, partial: false } };
  }
}
