import multipart from '@fastify/multipart';
import { describeProblem, fieldErrors } from '@mooring/resources';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { Problem } from '../../http/problem.js';
import { type CreateBody, createFields, createSchema } from './create-body.js';

/** Everything is text in a form; lists and maps are JSON, or words with commas between them. */
const listOf = (text: string): unknown => (text.trim().startsWith('[') ? JSON.parse(text) : text.split(',').map((word) => word.trim()));
const READERS: Readonly<Record<string, (text: string) => unknown>> = {
  env: (text) => JSON.parse(text),
  ports: (text) => [listOf(text)].flat().map(Number),
  ttl: Number,
  permanent: (text) => text === 'true' || text === '1',
  container_args: (text) => (text.trim().startsWith('[') ? JSON.parse(text) : text),
};

const formSchema = z.strictObject(createFields);

function badForm(detail: string): Problem {
  return new Problem({ status: 400, code: 'bad-form', title: 'Bad Request', detail });
}

function read(name: string, text: string): unknown {
  try {
    return READERS[name]?.(text) ?? text;
  } catch {
    throw badForm(`The field ${JSON.stringify(name)} is not JSON. Write it as such.`);
  }
}

export function takeForms(scope: FastifyInstance, maxBytes: number) {
  return scope.register(multipart, {
    limits: { fileSize: maxBytes + 1, files: 1, fields: 64, fieldSize: 64 * 1024, parts: 65 },
    throwFileSizeLimit: false,
  });
}

interface Form {
  body: CreateBody;
  script: Buffer | undefined;
}

/** @throws a 400 Problem that names every field that is wrong */
function parsed<T extends z.ZodType>(schema: T, value: unknown): z.output<T> {
  const result = schema.safeParse(value, { error: describeProblem });
  if (result.success) return result.data;
  const errors = fieldErrors(result.error, value).map(({ path, message }) => ({ field: path, message }));
  const detail = `The body of the request is not valid: ${errors.map(({ field, message }) => `${field} ${message}`).join('; ')}.`;
  throw new Problem({ status: 400, code: 'bad-input', title: 'Bad Request', detail, errors });
}

/** The same as JSON, with the script in base64. @throws a 400 Problem */
export function readJson(value: unknown): Form {
  const { script, ...body } = parsed(createSchema, value ?? {});
  return { body, script: script === undefined ? undefined : Buffer.from(script, 'base64') };
}

/** A form with the script as the file `script`. @throws a Problem */
export async function readForm(request: FastifyRequest): Promise<Form> {
  const fields: Record<string, unknown> = {};
  let script: Buffer | undefined;
  try {
    for await (const part of request.parts()) {
      if (part.type === 'field') fields[part.fieldname] = read(part.fieldname, String(part.value));
      else if (part.fieldname === 'script') script = await part.toBuffer();
      else throw badForm(`The form has a file ${JSON.stringify(part.fieldname)}. Only the file "script" is taken.`);
    }
  } catch (error) {
    if (error instanceof Problem) throw error;
    throw badForm(`The form can't be read: ${(error as Error).message}.`);
  }
  return { body: parsed(formSchema, fields), script };
}
