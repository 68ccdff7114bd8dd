import type { ReaperReport } from '@mooring/resources';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Audit } from '../audit/audit.js';
import { wantsJson } from '../http/navigation.js';
import { Problem } from '../http/problem.js';
import { type AdmissionOptions, admission, type Refusal } from './admission.js';
import { reaperStatus, reaperText } from './answer.js';

export interface ReaperRoutesOptions extends AdmissionOptions {
  reap: () => Promise<ReaperReport>;
  audit: Audit;
}

/** Seconds after which it may be tried again where nothing could be seen. */
const RETRY_AFTER = 30;

const sendText = (reply: FastifyReply, text: string): FastifyReply => reply.type('text/plain; charset=utf-8').send(text);

function refuse(request: FastifyRequest, reply: FastifyReply, { ip, why }: Refusal): FastifyReply {
  const detail = `access denied from IP ${ip}: ${why}`;
  if (wantsJson(request.headers)) throw new Problem({ status: 403, code: 'access-denied', title: 'Forbidden', detail });
  return sendText(reply.code(403), `Reaper error: ${detail}\n`);
}

/**
 * GET /reaper/, for those who call narrative-traefiker's by a timer: looks now, rather than when the schedule says, for sessions that
 * nobody uses, and tells what became of them.
 */
export function reaperRoutes(options: ReaperRoutesOptions) {
  const refusal = admission(options);
  const handle = async (request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> => {
    const refused = refusal(request);
    if (refused !== undefined) {
      options.audit(request, { action: 'reaper.run', who: undefined, outcome: 'refused' });
      return refuse(request, reply, refused);
    }
    const report = await options.reap();
    const status = reaperStatus(report);
    const { deleted, stopped } = report;
    options.audit(request, {
      action: 'reaper.run',
      who: undefined,
      outcome: status === 200 ? 'done' : 'failed',
      detail: { deleted, stopped },
    });
    reply.code(status);
    if (status === 503) reply.header('Retry-After', RETRY_AFTER);
    return wantsJson(request.headers) ? reply.send(report) : sendText(reply, reaperText(report));
  };
  return async (scope: FastifyInstance): Promise<void> => {
    for (const path of ['/reaper', '/reaper/']) scope.get(path, { config: { door: 'reaper' }, exposeHeadRoute: false }, handle);
  };
}
