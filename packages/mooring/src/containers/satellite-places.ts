import { SESSION_LABEL } from '@mooring/controller';
import type { Container } from '@mooring/rancher-client';

/** A container with it is its host's satellite; its value is the port at which it is asked. */
export const SATELLITE_LABEL = 'mooring.dev/satellite';

export type SeenContainer = Pick<Container, 'hostId' | 'state' | 'primaryIpAddress' | 'labels'>;

/** Where a host's satellite is asked; without an address it is there, and can't be. */
export interface SatellitePlace {
  hostId: string;
  url: string | undefined;
}

const isPort = (text: string): boolean => /^\d{1,5}$/.test(text) && Number(text) >= 1 && Number(text) <= 65_535;

/** What a container says of itself as a satellite; undefined where it is none. What runs for somebody is never one, whatever it says. */
export function placeOf({ hostId, state, primaryIpAddress: ip, labels }: SeenContainer): SatellitePlace | undefined {
  const port = labels[SATELLITE_LABEL];
  if (port === undefined || !hostId || labels[SESSION_LABEL] !== undefined) return undefined;
  return { hostId, url: state === 'running' && ip && isPort(port) ? `http://${ip}:${port}` : undefined };
}

/** Where each host's satellite is asked. A host may have one that ended beside the one that took its place. */
export function byHost(places: readonly SatellitePlace[]): Map<string, string> {
  return new Map(places.flatMap(({ hostId, url }) => (url === undefined ? [] : [[hostId, url] as const])));
}
