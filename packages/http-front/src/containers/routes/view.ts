import type { Session } from '@mooring/resources';
import { z } from 'zod';
import { phaseOf } from '../../sessions/status.js';
import { aboutOf, idOf, nameOf } from '../names.js';

export const containerSchema = z
  .object({
    id: z.string(),
    name: z.string().optional(),
    owner: z.string(),
    image_name: z.string(),
    image_tag: z.string(),
    scriptname: z.string(),
    datapath: z.string().optional(),
    container_args: z.array(z.string()),
    env: z.record(z.string(), z.string()).describe('As it was asked for; references are filled in when the container starts.'),
    ports: z.array(z.int()),
    permanent: z.boolean(),
    created: z.iso.datetime(),
    expires: z.iso.datetime().optional(),
    phase: z.string().describe('Pending, Starting, Ready (it runs), Stopped (it has ended), Failed, Terminating.'),
    message: z.string().optional().describe('What it waits for, or why it can’t go on.'),
    address: z.string().optional().describe('Where other containers reach it.'),
  })
  .meta({ id: 'Container' });
export type ContainerView = z.infer<typeof containerSchema>;

function messageOf({ status }: Session, waits: string | undefined): string | undefined {
  const ready = status.conditions.find(({ type }) => type === 'Ready');
  return ready && ready.status !== 'True' ? ready.message : waits;
}

const imageOf = (image: string): { image_name: string; image_tag: string } => {
  const at = image.lastIndexOf(':');
  return { image_name: image.slice(0, at), image_tag: image.slice(at + 1) };
};

/** A container as its owner is told of it; `waits` tells by uid what those wait for that run. */
export function viewOf(session: Session, waits: ReadonlyMap<string, string>): ContainerView {
  const { metadata, spec, status } = session;
  const about = aboutOf(session);
  const name = nameOf(session);
  const message = messageOf(session, waits.get(metadata.uid));
  const created = metadata.creationTimestamp;
  return {
    id: idOf(session),
    ...(name !== undefined && { name }),
    owner: spec.owner.name,
    ...imageOf(spec.launch.image),
    scriptname: about.scriptname,
    ...(about.datapath !== undefined && { datapath: about.datapath }),
    container_args: spec.launch.command?.slice(1) ?? [],
    env: spec.launch.env,
    ports: spec.launch.ports ?? [],
    permanent: spec.restartPolicy === 'Always',
    created,
    ...(spec.ttlSeconds !== undefined && { expires: new Date(Date.parse(created) + spec.ttlSeconds * 1000).toISOString() }),
    phase: phaseOf(session),
    ...(message !== undefined && { message }),
    ...(status.address && phaseOf(session) === 'Ready' && { address: status.address.ip }),
  };
}
