import { API_VERSION, sessionTemplateSchema, eventSchema as storedEvent, warmPoolSchema } from '@mooring/resources';
import { z } from 'zod';
import { timeSchema } from './common.js';

/** A list that has all there is. */
const whole = <K extends string, T extends z.ZodType>(kind: K, item: T) =>
  z.object({ apiVersion: z.literal(API_VERSION), kind: z.literal(kind), items: z.array(item) }).meta({ id: kind });

const { type, reason, note, reportingController, readings } = storedEvent.shape.spec.shape;
const eventSchema = z
  .object({ name: z.string(), at: timeSchema, type, reason, note, reportingController, readings })
  .meta({ id: 'Event', description: 'What happened to a session and why; kept for a week, fifty of one session.' });
export const eventListSchema = whole('EventList', eventSchema);

const { route, probe, idlePolicy } = sessionTemplateSchema.shape.spec.shape;
const { port, capDrop, memory, volumes } = sessionTemplateSchema.shape.spec.shape.launch.shape;
export const templateSchema = z
  .object({
    ...sessionTemplateSchema.shape,
    spec: z.object({
      image: z.object({ name: z.string(), tag: z.string().optional().describe('Missing where an address says it.') }),
      launch: z.object({
        port,
        capDrop,
        memory,
        volumes,
        env: z.array(z.string()).describe('The names of the environment variables; what they hold is told to nobody.'),
      }),
      route,
      probe,
      idlePolicy,
    }),
  })
  .meta({ id: 'SessionTemplate', description: 'What new sessions are copied from.' });
export const templateListSchema = whole('SessionTemplateList', templateSchema);

export const poolSchema = warmPoolSchema.meta({ id: 'WarmPool', description: 'Ready sessions that wait for somebody to claim one.' });
export const poolListSchema = whole('WarmPoolList', poolSchema);

export const aboutSchema = z
  .object({
    version: z.string(),
    gitHash: z.string(),
    time: timeSchema.describe("The server's clock."),
  })
  .meta({ id: 'About', description: 'What runs here.' });

export const meSchema = z
  .object({
    user: z.string(),
    administrator: z.boolean().describe("Whether everybody's sessions may be seen and changed."),
    sessionNames: z
      .array(z.string())
      .describe(
        "The names that this person's session may have, in the order in which they are tried: a later one where somebody else has those before.",
      ),
    session: z.string().optional().describe('The name of their session, if they have one.'),
  })
  .meta({ id: 'Me', description: 'Who asks, as the server knows them.' });

export const lastSeenSchema = z
  .object({
    items: z.array(z.object({ name: z.string(), uid: z.uuid(), at: timeSchema })),
  })
  .meta({ id: 'LastSeenList', description: 'When somebody was last seen using each session, as far as that is known.' });

export const queueSchema = z
  .object({
    items: z.array(z.object({ name: z.string(), uid: z.uuid(), place: z.int().min(1), of: z.int().min(1) })),
  })
  .meta({ id: 'Queue', description: 'Sessions that wait for their turn to start; the first place is next.' });

/** The body of a list that has all there is. */
export const allOf = <K extends string, T>(kind: K, items: T[]): { apiVersion: typeof API_VERSION; kind: K; items: T[] } => ({
  apiVersion: API_VERSION,
  kind,
  items,
});
