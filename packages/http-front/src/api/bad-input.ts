import { describeProblem, type FieldError, fieldErrors } from '@mooring/resources';
import type { FastifySchemaCompiler } from 'fastify';
import type { z } from 'zod';
import { Problem } from '../http/problem.js';

const PLACES: Record<string, string> = { querystring: 'query', params: 'path', headers: 'header', body: 'body' };

/** A 400 that names each field, what it holds, and what it must hold. */
function badFields(errors: readonly FieldError[], where: string): Problem {
  const fields = errors.map(({ path, message }) => ({ field: path, message }));
  return new Problem({
    status: 400,
    code: 'bad-input',
    title: 'Bad Request',
    detail: `The ${where} of the request is not valid: ${fields.map(({ field, message }) => `${field} ${message}`).join('; ')}.`,
    errors: fields,
  });
}

/** Checks what comes by the schemas that the description is made from, and says in our words what is wrong. */
export const validatorCompiler: FastifySchemaCompiler<z.ZodType> = ({ schema, httpPart }) => {
  return (data) => {
    const result = schema.safeParse(data, { error: describeProblem });
    if (result.success) return { value: result.data };
    return { error: badFields(fieldErrors(result.error, data), PLACES[httpPart ?? ''] ?? 'content') };
  };
};
