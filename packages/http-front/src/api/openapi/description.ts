import type { FastifyDynamicSwaggerOptions } from '@fastify/swagger';
import { createJsonSchemaTransform, createJsonSchemaTransformObject } from 'fastify-type-provider-zod';

type Json = null | boolean | number | string | Json[] | { [key: string]: Json };

const REF = '#/components/schemas/';

/** The names of the components that a part of the description refers to. */
function refsIn(value: Json): string[] {
  if (Array.isArray(value)) return value.flatMap(refsIn);
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) =>
    key === '$ref' && typeof inner === 'string' && inner.startsWith(REF) ? [inner.slice(REF.length)] : refsIn(inner),
  );
}

/** Those components that something refers to: each schema is there twice, as what is taken and as what is given. */
function referred(paths: Json, schemas: Record<string, Json>): Record<string, Json> {
  const wanted = new Set<string>();
  const open = refsIn(paths);
  for (let name = open.pop(); name !== undefined; name = open.pop()) {
    if (wanted.has(name)) continue;
    wanted.add(name);
    open.push(...refsIn(schemas[name] ?? null));
  }
  return Object.fromEntries(Object.entries(schemas).filter(([name]) => wanted.has(name)));
}

const withComponents = createJsonSchemaTransformObject({});

type TransformObject = NonNullable<FastifyDynamicSwaggerOptions['transformObject']>;

const transformObject: TransformObject = (document) => {
  const description = withComponents(document) as { paths?: Json; components: { schemas: Record<string, Json> } };
  const { schemas, ...components } = description.components;
  const whole = { ...description, components: { ...components, schemas: referred(description.paths ?? null, schemas) } };
  return whole as unknown as ReturnType<TransformObject>;
};

/** How the description is made of the routes' schemas, which check what comes and goes, too. */
export function swaggerOptions(version: string, kbaseCookie: string): FastifyDynamicSwaggerOptions {
  return {
    openapi: {
      openapi: '3.1.0',
      info: {
        title: 'Mooring',
        version,
        license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
        description:
          'Sessions (notebook servers) and what belongs to them. People see and change their own, administrators all. ' +
          'What is not answered as asked for is a problem (RFC 9457). Times are RFC 3339, in UTC.',
      } as NonNullable<FastifyDynamicSwaggerOptions['openapi']>['info'] & object,
      components: {
        securitySchemes: {
          bearer: { type: 'http', scheme: 'bearer', description: 'The sign-in token, as programs send it.' },
          cookie: {
            type: 'apiKey',
            in: 'cookie',
            name: kbaseCookie,
            description: 'The same, as browsers send it. What changes something must come from a page of this site then.',
          },
        },
      },
      security: [{ bearer: [] }, { cookie: [] }],
    },
    hideUntagged: true,
    transform: createJsonSchemaTransform({}),
    transformObject,
  } as FastifyDynamicSwaggerOptions;
}
