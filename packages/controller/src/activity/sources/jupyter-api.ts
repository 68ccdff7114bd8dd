import { z } from 'zod';
import { originOf } from '../../routes/address.js';
import type { Asker, ProbeAnswer } from '../../routes/prober.js';
import type { Target } from '../reading.js';

const timeSchema = z.iso.datetime({ offset: true }).transform((text) => Date.parse(text));

const statusSchema = z.object({ connections: z.int().min(0), kernels: z.int().min(0), last_activity: timeSchema, started: timeSchema });

const kernelSchema = z.object({ last_activity: timeSchema, execution_state: z.string(), connections: z.int().min(0) });

const terminalSchema = z.object({ last_activity: timeSchema.optional() });

type JupyterStatus = z.infer<typeof statusSchema>;
export type JupyterKernel = z.infer<typeof kernelSchema>;

/** What a Jupyter server says of itself. Its times are its own clock's, in ms since the epoch. */
export interface JupyterSample {
  status: JupyterStatus;
  /** Empty also where the status says that there are none: then they aren't asked for. */
  kernels: readonly JupyterKernel[];
  /** When each terminal was last used; undefined where the server has no terminals to ask for. */
  terminals: readonly number[] | undefined;
  /** Until when our own questions may have moved the server's `last_activity`; undefined where none did. */
  askedUntil: number | undefined;
  /** What is to be added to the server's times, in ms; 0 where they are as ours. */
  skewMs: number;
}

/** `outage`: a server that fails, which passes. `refused`: one that doesn't let us in; what answers something else may never have been a Jupyter. */
export type Failed = { problem: string; outage?: true; refused?: true };
type Answered<T> = { value: T; date: number | undefined } | Failed | { missing: true };

/** Of an answer's body: what is longer isn't read. */
const JUPYTER_BYTES = 512 * 1024;
const DEADLINE_MS = 3_000;
export const JUPYTER_LIMITS = { deadlineMs: DEADLINE_MS, textBytes: JUPYTER_BYTES };

const NO_JUPYTER = "what answers does not speak Jupyter's API";
const NOT_THERE = { missing: true } as const;

const STATUS = /\/api\/status$/;
/** A server's Date has no milliseconds, and an answer takes a moment: below that nobody's clock is called wrong. */
const SAME_CLOCK_MS = 3_000;

/** Whether the session's probe says where Jupyter's API is, and why not. */
export function jupyterProblem({ session }: Pick<Target, 'session'>): string | undefined {
  const { probe, launch } = session.spec;
  if (!STATUS.test(probe.path)) return `probe.path is ${probe.path}, and Jupyter tells its activity at …/api/status`;
  if (probe.tokenFrom && !launch.env[probe.tokenFrom.env]) return `launch.env has no ${probe.tokenFrom.env}, which probe.tokenFrom names`;
  return undefined;
}

/**
 * Asks a server, by connections that are closed at once. Asking for kernels or terminals moves its `last_activity`, asking for its status
 * doesn't (measured): so the status comes first.
 */
export async function askJupyter(
  asker: Asker,
  target: Target,
  { askTerminals, now }: { askTerminals: boolean; now: () => number },
): Promise<JupyterSample | Failed> {
  const ask = <T>(name: string, schema: z.ZodType<T>): Promise<Answered<T>> => askOne(asker, target, name, schema);
  const status = await ask('status', statusSchema);
  if (!('value' in status)) return failed(status);
  const skewMs = skewOf(status.date, now());
  const kernels = status.value.kernels > 0 ? await ask('kernels', z.array(kernelSchema)) : { value: [], date: undefined };
  if (!('value' in kernels)) return failed(kernels);
  const terminals = askTerminals ? await ask('terminals', z.array(terminalSchema)) : NOT_THERE;
  if ('problem' in terminals && terminals.problem !== NO_JUPYTER) return terminals;
  const asked = askTerminals || status.value.kernels > 0;
  return {
    status: status.value,
    kernels: kernels.value,
    terminals: 'value' in terminals ? terminals.value.flatMap(({ last_activity }) => last_activity ?? []) : undefined,
    askedUntil: asked ? endOf([kernels, terminals], now() - skewMs) : undefined,
    skewMs,
  };
}

/** By the server's clock: its Date is the second in which it answered; without one it is about now. */
function endOf(answers: readonly Answered<unknown>[], now: number): number {
  const dates = answers.flatMap((answer) => ('value' in answer ? (answer.date ?? []) : []));
  return dates.length > 0 ? Math.max(...dates) + 999 : now + SAME_CLOCK_MS;
}

const failed = (answer: Failed | { missing: true }): Failed => ('problem' in answer ? answer : { problem: NO_JUPYTER });

async function askOne<T>(asker: Asker, { session, address }: Target, name: string, schema: z.ZodType<T>): Promise<Answered<T>> {
  const { probe, launch } = session.spec;
  const token = probe.tokenFrom && launch.env[probe.tokenFrom.env];
  const path = probe.path.replace(STATUS, `/api/${name}`);
  const headers = { accept: 'application/json', ...(token && { authorization: `token ${token}` }) };
  return interpret(await asker.ask({ origin: originOf(address), path, headers }), path, schema);
}

function interpret<T>(answer: ProbeAnswer, path: string, schema: z.ZodType<T>): Answered<T> {
  if ('error' in answer) return { problem: `${path} gives no answer (${answer.error})`, outage: true };
  const { status, text, headers } = answer;
  if (status === 401 || status === 403) {
    return { problem: `Jupyter answers ${status} to ${path}: probe.tokenFrom must name the variable that holds its token`, refused: true };
  }
  if (status === 404) return NOT_THERE;
  if (status >= 500) return { problem: `${path} answers ${status}`, outage: true };
  if (status !== 200) return { problem: `${path} answers ${status}` };
  if (text.length >= JUPYTER_BYTES) return { problem: `${path} answers more than ${JUPYTER_BYTES} bytes` };
  const parsed = schema.safeParse(parseJson(text));
  return parsed.success ? { value: parsed.data, date: dateOf(headers.date) } : { problem: NO_JUPYTER };
}

function skewOf(date: number | undefined, now: number): number {
  const skew = date === undefined ? 0 : now - date;
  return Math.abs(skew) <= SAME_CLOCK_MS ? 0 : skew;
}

function dateOf(header: string | string[] | undefined): number | undefined {
  const date = typeof header === 'string' ? Date.parse(header) : Number.NaN;
  return Number.isNaN(date) ? undefined : date;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
