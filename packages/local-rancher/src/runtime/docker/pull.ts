import type { Readable } from 'node:stream';
import type Docker from 'dockerode';
import { RuntimeError } from '../errors.js';
import { connect, engineError, until } from './engine.js';
import { pullSchema } from './engine-schemas.js';
import { Lines } from './output.js';
import { PullProgress } from './pull-progress.js';

/** A pull that tells nothing for so long, in milliseconds, is given up. */
const SILENCE_MS = 120_000;
const ANSWER_MS = 10_000;

export interface PullOptions {
  image: string;
  /** Hears of each step that makes a difference. */
  onProgress: (progress: string) => void;
  signal?: AbortSignal;
}

const failed = (image: string, why: string): RuntimeError =>
  new RuntimeError(
    'PullFailed',
    `image: ${image} isn't on this Docker Engine and can't be pulled: ${why}. Correct the name, let the Engine reach and sign in to the registry, or load the image by hand (docker load, docker build).`,
  );

const parse = (line: string): ReturnType<typeof pullSchema.parse> => {
  try {
    return pullSchema.parse(JSON.parse(line));
  } catch {
    return {};
  }
};

/** Told once for each percent, not for each of the thousands of lines. */
async function follow(stream: Readable, { image, onProgress }: PullOptions): Promise<void> {
  const progress = new PullProgress(image);
  const lines = new Lines();
  let told = '';
  for await (const data of stream) {
    for (const line of lines.take(data as Buffer)) {
      const step = parse(line);
      if (step.error !== undefined) throw failed(image, step.error);
      progress.take(step);
      if (String(progress) !== told) onProgress(String(progress));
      told = String(progress);
    }
  }
}

/** Gives up on a stream that falls silent. */
function guard(stream: Readable, callOff: AbortController): () => void {
  const giveUp = () => callOff.abort(new Error(`nothing was heard for ${SILENCE_MS / 1000} s`));
  let timer = setTimeout(giveUp, SILENCE_MS);
  stream.on('data', () => {
    clearTimeout(timer);
    timer = setTimeout(giveUp, SILENCE_MS);
  });
  return () => clearTimeout(timer);
}

/**
 * Pulls the one image that is named; without a tag, `latest`.
 * @throws RuntimeError PullFailed, which says why; EngineUnreachable
 */
export async function pullImage(docker: Docker, options: PullOptions): Promise<void> {
  const { image, onProgress, signal } = options;
  onProgress(`Pulling ${image}`);
  const callOff = new AbortController();
  const abortSignal = signal === undefined ? callOff.signal : AbortSignal.any([signal, callOff.signal]);
  const opening = setTimeout(() => callOff.abort(new Error('the registry was not reached')), SILENCE_MS);
  let release = (): void => undefined;
  try {
    const stream = (await docker.pull(image, { abortSignal })) as Readable;
    release = guard(stream, callOff);
    await follow(stream, options);
  } catch (error) {
    if (signal?.aborted) throw signal.reason;
    throw pullError(image, error, callOff.signal);
  } finally {
    clearTimeout(opening);
    release();
  }
}

function pullError(image: string, error: unknown, callOff: AbortSignal): RuntimeError {
  if (error instanceof RuntimeError) return error;
  if (callOff.aborted) return failed(image, String((callOff.reason as Error).message));
  const { statusCode, message } = error as { statusCode?: number; message?: string };
  return statusCode === undefined ? engineError(`pull ${image}`, error) : failed(image, String(message).trim());
}

/** Sees to it that the Engine has an image, pulling it where it hasn't. @throws RuntimeError */
export async function ensureImage(url: string | undefined, options: PullOptions): Promise<void> {
  const docker = await connect(url);
  try {
    await docker.getImage(options.image).inspect(until(AbortSignal.timeout(ANSWER_MS)));
  } catch (error) {
    if ((error as { statusCode?: number }).statusCode !== 404) throw engineError(`look for the image ${options.image}`, error);
    await pullImage(docker, options);
  }
}
