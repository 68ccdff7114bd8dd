import type { FastifyReply } from 'fastify';

/** Aborted when whoever asked has gone, or the front stops. */
export function signalOf({ raw }: FastifyReply, stopping: AbortSignal): AbortSignal {
  const gone = new AbortController();
  raw.once('close', () => gone.abort());
  return AbortSignal.any([gone.signal, stopping]);
}
