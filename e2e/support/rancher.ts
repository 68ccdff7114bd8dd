import { ask } from './person.js';

export interface SeenService {
  id: string;
  name: string;
  state: string;
}

/** The services that the local Rancher of a Mooring at this port base has in its project, but for removed ones. */
export async function servicesOf(base: number): Promise<SeenService[]> {
  const { text } = await ask(`http://127.0.0.1:${base + 1}`, '/v2-beta/projects/1a5/services?limit=3000', {
    headers: { accept: 'application/json' },
  });
  return (JSON.parse(text) as { data: SeenService[] }).data;
}
