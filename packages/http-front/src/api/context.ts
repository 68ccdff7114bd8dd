import type { FastifyInstance } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import type { Audit } from '../audit/audit.js';
import type { FrontOptions } from '../options.js';
import type { Access, Gate } from './access.js';
import type { ApiParts } from './parts.js';

declare module 'fastify' {
  interface FastifyRequest {
    /** Who asks; set before the handler of every route of the API that is not open to all. */
    access: Access;
  }
  interface FastifyContextConfig {
    /** Whoever asks is answered. */
    open?: boolean;
  }
}

/** What the API uses of what the other doors do. */
export type ApiFront = Pick<FrontOptions, 'store' | 'sessions' | 'templates' | 'settings' | 'uses' | 'now' | 'lastActive' | 'about'>;

/** What the API's routes work with. */
export interface ApiContext {
  front: ApiFront;
  parts: ApiParts;
  gate: Gate;
  audit: Audit;
  /** For what administrators only look at: dashboards ask all the time. */
  auditReads: Audit;
}

/** A Fastify that knows what its routes' schemas say. */
export const typed = (scope: FastifyInstance) => scope.withTypeProvider<ZodTypeProvider>();
export type ApiScope = ReturnType<typeof typed>;
