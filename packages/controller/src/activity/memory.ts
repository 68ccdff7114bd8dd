import { ACTIVITY_SOURCES, type ActivitySourceName } from '@mooring/resources';
import { z } from 'zod';

const readingSchema = z.discriminatedUnion('type', [
  z.object({ type: z.literal('active'), at: z.number(), detail: z.string() }),
  z.object({ type: z.literal('quiet'), since: z.number(), detail: z.string() }),
  z.object({ type: z.literal('unknown'), why: z.string(), refused: z.literal(true).optional(), noneSince: z.number().optional() }),
]);

/** What a source said last, in this run of the container. */
const wordSchema = z.object({
  reading: readingSchema,
  /** When it was asked: the time of that look, in ms. */
  askedAt: z.number(),
  /** The last that it said and was not `unknown`: a source that could tell once, and can't any more, is missed. */
  told: z.enum(['active', 'quiet']).optional(),
  /** Since when nobody was there, or nobody asked for anything, as it said last when it could tell. */
  since: z.number().optional(),
});
export type Word = z.infer<typeof wordSchema>;

const memorySchema = z.object({
  /** The run of the container that it speaks of. */
  run: z.string(),
  /** The last look, in ms since the epoch. */
  at: z.number(),
  state: z.enum(['active', 'quiet', 'unknown']),
  /** `at - from` is how long it has been quiet, or unknown, counting only time that was observed: gaps move it on. */
  from: z.number(),
  /** How long it was quiet, in ms, before nobody could tell any more. */
  heldMs: z.number(),
  lastActive: z.object({ at: z.number(), source: z.enum(ACTIVITY_SOURCES), detail: z.string() }).optional(),
  words: z.partialRecord(z.enum(ACTIVITY_SOURCES), wordSchema),
  /** Something lay between that look and the next, such as a restart of ours: the time between them counts as nothing. */
  interrupted: z.boolean(),
});

/** What the detector remembers of a session between two looks. */
export type ActivityMemory = z.infer<typeof memorySchema>;

export const storedForm = (memory: ActivityMemory): string => JSON.stringify(memory);

/**
 * A memory as it was when this process' predecessor looked last. It is stored only when what counts has changed; until it was interrupted it
 * held on, up to `observedAt`; from now on it is interrupted. Undefined where it can't be read: then the session is looked at as if for the first time.
 */
export function resumed(stored: string, observedAt: number): { memory: ActivityMemory; isAsStored: boolean } | undefined {
  const memory = parsed(stored);
  if (!memory) return undefined;
  const at = memory.interrupted ? memory.at : Math.max(memory.at, observedAt);
  const words = Object.entries(memory.words).map(([name, word]) => [name, word.askedAt === memory.at ? { ...word, askedAt: at } : word]);
  return { memory: { ...memory, at, words: Object.fromEntries(words), interrupted: true }, isAsStored: memory.interrupted };
}

function parsed(stored: string): ActivityMemory | undefined {
  try {
    return memorySchema.safeParse(JSON.parse(stored)).data;
  } catch {
    return undefined;
  }
}

/** For how long nobody was seen, in ms, as far as somebody would have been. */
export const quietMs = ({ state, at, from, heldMs }: ActivityMemory): number => (state === 'quiet' ? at - from : heldMs);

/** Whether `b` says no more than `a` and the time that has passed since: then `a` need not be stored again. */
export function holdsOn(a: ActivityMemory | undefined, b: ActivityMemory): boolean {
  if (!a || a.run !== b.run || a.interrupted !== b.interrupted || a.state !== b.state) return false;
  if (b.state !== 'active' && (a.from !== b.from || a.heldMs !== b.heldMs)) return false;
  for (const name of ACTIVITY_SOURCES) if (!sameWord(a, b, name)) return false;
  return true;
}

function sameWord(a: ActivityMemory, b: ActivityMemory, name: ActivitySourceName): boolean {
  const [before, now] = [a.words[name], b.words[name]];
  if (!before || !now) return before === now;
  if (before.told !== now.told || before.reading.type !== now.reading.type) return false;
  if ((before.askedAt === a.at) !== (now.askedAt === b.at)) return false;
  return now.reading.type !== 'quiet' || (before.reading as typeof now.reading).since === now.reading.since;
}
