import { z } from 'zod';
import type { ApiScope } from '../../api/context.js';
import { answer, problems, SIGNED_IN } from '../../api/problems.js';
import { Problem } from '../../http/problem.js';
import type { ViewContext } from '../context.js';
import { idParams, tags } from './container-routes.js';
import { findContainer, startedId } from './find.js';

const sampleSchema = z.object({
  at: z.string(),
  cpuNanoseconds: z.number().describe('Since its start, of all processors together.'),
  memoryBytes: z.number(),
  network: z.object({ receivedBytes: z.number(), sentBytes: z.number() }).optional().describe('Since its start, where it is counted.'),
  block: z
    .object({ readBytes: z.number(), writtenBytes: z.number() })
    .optional()
    .describe('From and to disks since its start, where it is counted.'),
});
const metricsSchema = z.object({
  now: sampleSchema.optional().describe('Missing where it does not run, or nobody measures it.'),
  series: z.array(sampleSchema).describe('The last minute of those in which somebody asked, the newest last.'),
});

function tooMany(): Problem {
  const detail = 'As many containers are measured at this moment as may. Try again in a minute.';
  return new Problem({ status: 503, code: 'too-many-measured', title: 'Service Unavailable', detail, retryAfter: 60 });
}

export function addMetrics(scope: ApiScope, context: ViewContext): void {
  const schema = {
    operationId: 'getContainerMetrics',
    tags,
    summary: 'What it uses: processors, memory, network, disks.',
    description: 'It is measured for as long as somebody asks, once a second.',
    params: idParams,
    response: { 200: answer('Now, and a short series.', metricsSchema), ...problems(...SIGNED_IN, 404, 409) },
  };
  scope.get('/container/:id/metrics', { schema }, async (request) => {
    const session = await findContainer(request, request.params.id, context);
    const id = startedId(session);
    // What has ended uses nothing: nobody is asked about it.
    const series = session.status.container?.state === 'running' ? await context.usage.read(id) : [];
    if (series === undefined) throw tooMany();
    const now = series.at(-1);
    return { ...(now && { now }), series: [...series] };
  });
}
