import type { z } from 'zod';

/** What zod says is wrong, before it has a message. */
type Problem = Parameters<z.core.$ZodErrorMap>[0];

/** What must be instead, as the end of a sentence that begins with the field. The schemas' own messages go before these. */
export function describeProblem(problem: Problem): string {
  switch (problem.code) {
    case 'invalid_type':
      return problem.input === undefined ? 'is required' : `must be of type ${problem.expected}`;
    case 'too_small':
      return `must ${boundOf(problem.origin, 'at least', problem.minimum)}`;
    case 'too_big':
      return `must ${boundOf(problem.origin, 'at most', problem.maximum)}`;
    case 'invalid_value':
      return `must be one of ${problem.values.map(String).join(', ')}`;
    case 'invalid_format':
      return describeFormat(problem.format, problem.pattern);
    default:
      return problem.code === 'invalid_union' ? 'must have a known type' : 'is not valid';
  }
}

function boundOf(origin: string, bound: string, limit: number | bigint): string {
  if (origin === 'string') return `have ${bound} ${limit} characters`;
  if (origin === 'array') return `have ${bound} ${limit} items`;
  return `be ${bound} ${limit}`;
}

const FORMATS: Record<string, string> = {
  datetime: 'must be a time such as 2030-01-31T12:00:00Z',
  url: 'must be a URL such as https://example.org/version',
  uuid: 'must be a UUID',
};

function describeFormat(format: string, pattern: string | undefined): string {
  return FORMATS[format] ?? `must match ${pattern ?? format}`;
}
