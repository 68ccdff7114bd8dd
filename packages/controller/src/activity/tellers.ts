import type { ActivitySourceName, Session } from '@mooring/resources';
import type { ActivityMemory, Word } from './memory.js';

/** Who only sees requests has told something also where there were none. */
const hasTold = (word: Word | undefined): boolean => word?.told !== undefined || word?.since !== undefined;

/**
 * Who could tell of any session of a template, ever. What one image's Jupyter tells, another container of it will tell, too: while it can't,
 * a kernel may be busy in it, also where it has not told anything yet. Where no session's Jupyter ever told, there is none to wait for.
 */
export class Tellers {
  readonly #byTemplate = new Map<string, Set<ActivitySourceName>>();

  note({ spec: { templateRef } }: Session, memory: ActivityMemory | undefined): void {
    if (!memory || !templateRef) return;
    for (const name of Object.keys(memory.words) as ActivitySourceName[])
      if (hasTold(memory.words[name])) this.#of(templateRef.name).add(name);
  }

  of({ spec: { templateRef } }: Session): ReadonlySet<ActivitySourceName> | undefined {
    return templateRef && this.#byTemplate.get(templateRef.name);
  }

  #of(template: string): Set<ActivitySourceName> {
    const known = this.#byTemplate.get(template) ?? new Set();
    this.#byTemplate.set(template, known);
    return known;
  }
}
