import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';

const headersSchema = z.record(z.string(), z.string());

const exchangeSchema = z.object({
  request: z.object({ method: z.string(), url: z.string(), headers: headersSchema.default({}), body: z.unknown() }),
  /** `seconds`: how long the answer took. */
  response: z.object({ status: z.number(), seconds: z.number().default(0), headers: headersSchema.default({}), body: z.unknown() }),
});

const statesSchema = z.object({
  states: z
    .array(
      z.object({
        state: z.string(),
        transitioning: z.string().nullish(),
        healthState: z.string().nullish(),
        currentScale: z.number().nullish(),
      }),
    )
    .min(1),
});

const framesSchema = z.object({
  note: z.string().nullish(),
  request: z.object({ url: z.string() }),
  response: z.object({ status: z.number() }),
  frames: z.array(z.object({ frame: z.object({ name: z.string(), resourceType: z.string().nullish() }) })),
});

const handshakeSchema = z.object({ error: z.string() });

const resultsSchema = z.object({ note: z.string().nullish(), results: z.array(z.unknown()).min(1) });

export type Answer = z.infer<typeof exchangeSchema>['response'];

/** One recorded file, by what it holds. */
type Recording =
  | ({ kind: 'exchange' } & z.infer<typeof exchangeSchema>)
  | ({ kind: 'states' } & z.infer<typeof statesSchema>)
  | ({ kind: 'frames' } & z.infer<typeof framesSchema>)
  /** A websocket that was refused: the status is in the sentence. */
  | ({ kind: 'handshake' } & z.infer<typeof handshakeSchema>)
  /** Requests that were sent together, or again and again, with what came of each. */
  | ({ kind: 'results' } & z.infer<typeof resultsSchema>)
  | { kind: 'other' };

export type Recorded = { name: string } & Recording;

const parseRecording = (value: unknown): Recording => {
  const frames = framesSchema.safeParse(value);
  if (frames.success) return { kind: 'frames', ...frames.data };
  const exchange = exchangeSchema.safeParse(value);
  if (exchange.success) return { kind: 'exchange', ...exchange.data };
  const states = statesSchema.safeParse(value);
  if (states.success) return { kind: 'states', ...states.data };
  const handshake = handshakeSchema.safeParse(value);
  if (handshake.success) return { kind: 'handshake', ...handshake.data };
  const results = resultsSchema.safeParse(value);
  return results.success ? { kind: 'results', ...results.data } : { kind: 'other' };
};

/**
 * The recordings of a folder, in no order.
 * @throws an error that names the file that isn't JSON, or the folder that isn't there
 */
export const readRecordings = async (folder: string): Promise<Recorded[]> => {
  const files = (await readdir(folder)).filter((file) => file.endsWith('.json'));
  return Promise.all(
    files.map(async (file) => {
      const text = await readFile(join(folder, file), 'utf8');
      try {
        return { name: file.slice(0, -'.json'.length), ...parseRecording(JSON.parse(text)) };
      } catch (cause) {
        throw new Error(`${join(folder, file)} is no JSON: take it out of the folder, or mend it`, { cause });
      }
    }),
  );
};
