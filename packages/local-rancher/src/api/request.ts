import { z } from 'zod';
import { PROJECT_ID } from '../model/ids.js';
import { forbidden, invalidBody, notFound } from './errors.js';
import type { Origin } from './origin.js';
import type { ApiVersion, Scope } from './render/links.js';
import type { Input } from './resources/resource.js';

/** What a path below `/v2-beta` names. */
export interface Target {
  scope: Scope;
  collection: string;
  id?: string;
  link?: string;
  /** The address without parameters and trailing slash. */
  self: string;
}

const decode = (segment: string): string => {
  try {
    return decodeURIComponent(segment);
  } catch {
    throw notFound();
  }
};

/**
 * `/v2-beta/[projects/<id>/]<collection>[/<id>[/<link>]]`, or the same below `/v1`. What follows the link isn't looked at.
 * @throws ApiError 403 below an unknown project (README, "HTTP answers"), 404
 */
export const parseTarget = (pathname: string, origin: Origin): Target => {
  const [first, ...segments] = pathname.split('/').filter((segment) => segment !== '');
  const version: ApiVersion = first === 'v1' ? 'v1' : 'v2-beta';
  const root = `${origin.protocol}://${origin.host}/${version}`;
  const inProject = segments[0]?.toLowerCase() === 'projects' && segments.length > 2;
  if (inProject && segments[1] !== PROJECT_ID) throw forbidden();
  const rest = (inProject ? segments.slice(2) : segments).map(decode);
  const [collection = '', id, link] = rest;
  return {
    scope: { base: inProject ? `${root}/projects/${PROJECT_ID}` : root, version },
    collection,
    ...(id !== undefined && { id }),
    ...(link !== undefined && { link }),
    self: [root, ...segments].join('/'),
  };
};

const objectSchema = z.record(z.string(), z.unknown());

/**
 * A body as an object: JSON or a form (recordings 11-03, 03-07d). Nothing, or what is no object, is an empty one (03-07b, 03-07c).
 * @throws ApiError 400 InvalidBodyContent
 */
export const parseBody = (text: string, contentType: string): Input => {
  if (/^application\/x-www-form-urlencoded\b/i.test(contentType)) return Object.fromEntries(new URLSearchParams(text));
  if (text.trim() === '') return {};
  try {
    const parsed = objectSchema.safeParse(JSON.parse(text));
    return parsed.success ? parsed.data : {};
  } catch {
    throw invalidBody();
  }
};
