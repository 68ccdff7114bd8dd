import type { Session } from '@mooring/resources';
import { z } from 'zod';

/** The label of Sessions that are containers of this API: their name, or their id where they have none. */
export const CONTAINER_LABEL = 'mooring.dev/container';

/** What is said of a container beside what it launches, as JSON. */
const ABOUT_ANNOTATION = 'mooring.dev/container-about';

const PREFIX = 'container-';

export const containerIdSchema = z.string().regex(/^[0-9a-f]{32}$/, 'must be the id of a container, 32 hexadecimal digits');

/** A container's id is its Session's uid without hyphens. */
export const idOf = ({ metadata }: Pick<Session, 'metadata'>): string => metadata.uid.replaceAll('-', '');
export const sessionNameOf = (id: string): string => `${PREFIX}${id}`;
export const isContainer = ({ metadata }: Pick<Session, 'metadata'>): boolean => metadata.labels[CONTAINER_LABEL] !== undefined;

const aboutSchema = z.object({
  scriptname: z.string(),
  datapath: z.string().optional(),
  /** The names of the containers that its environment speaks of. */
  needs: z.array(z.string()).default([]),
});
export type About = z.infer<typeof aboutSchema>;

export const aboutAnnotation = (about: About): Record<string, string> => ({ [ABOUT_ANNOTATION]: JSON.stringify(about) });

/** Of a Session whose annotation somebody has changed, nothing is known. */
export function aboutOf({ metadata }: Pick<Session, 'metadata'>): About {
  try {
    return aboutSchema.parse(JSON.parse(metadata.annotations[ABOUT_ANNOTATION] ?? ''));
  } catch {
    return { scriptname: 'script', needs: [] };
  }
}

/** The name that its maker gave it. */
export function nameOf(session: Pick<Session, 'metadata'>): string | undefined {
  const name = session.metadata.labels[CONTAINER_LABEL];
  return name === idOf(session) ? undefined : name;
}
