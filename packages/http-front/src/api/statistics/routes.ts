import { z } from 'zod';
import { requireAll } from '../access.js';
import type { ApiContext, ApiScope } from '../context.js';
import { answer, problems, SIGNED_IN } from '../problems.js';
import { timeSchema } from '../schemas/common.js';
import { statisticsSchema } from '../schemas/statistics.js';

const querySchema = z.strictObject({
  since: timeSchema.optional().describe('Only values from this time on, such as 2030-01-31T12:00:00Z; a day is kept.'),
});

export function addStatistics(scope: ApiScope, { parts: { statistics } }: ApiContext): void {
  const schema = {
    operationId: 'getStatistics',
    tags: ['operation'],
    summary: 'Sessions over time, times to ready, and what was ended why; for administrators.',
    querystring: querySchema,
    response: { 200: answer('Columns for charts.', statisticsSchema), ...problems(...SIGNED_IN) },
  };
  scope.get('/statistics', { schema }, async (request) => {
    requireAll(request.access);
    const { since } = request.query;
    return statistics.read(since === undefined ? undefined : Date.parse(since));
  });
}
