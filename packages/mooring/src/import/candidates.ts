import { SESSION_LABEL } from '@mooring/controller';
import type { Container, Service } from '@mooring/rancher-client';

/** A service that narrative-traefiker made: a person's, or one that waits for somebody. */
export interface Candidate {
  kind: 'session' | 'prespawned';
  service: Service;
}

/** How narrative-traefiker names its services; `{}` stands for what differs. */
export interface Naming {
  container_name: string;
  container_name_prespawn: string;
}

function matches(pattern: string, name: string): boolean {
  const [prefix = '', suffix = ''] = pattern.split('{}');
  return name.length > prefix.length + suffix.length && name.startsWith(prefix) && name.endsWith(suffix);
}

/** Of a stack's services those that have narrative-traefiker's names and not our label, by name. Pure. */
export function findCandidates(services: readonly Service[], naming: Naming): Candidate[] {
  return services
    .filter(({ launchConfig }) => typeof launchConfig?.labels?.[SESSION_LABEL] !== 'string')
    .flatMap((service): Candidate[] => {
      if (matches(naming.container_name_prespawn, service.name)) return [{ kind: 'prespawned', service }];
      return matches(naming.container_name, service.name) ? [{ kind: 'session', service }] : [];
    })
    .sort((a, b) => a.service.name.localeCompare(b.service.name));
}

/** The services with their containers, as a read of one service by its id would give them. */
export function withInstances(services: readonly Service[], containers: readonly Container[]): Service[] {
  const byService = new Map<string, Container[]>();
  for (const container of containers) for (const id of container.serviceIds) byService.set(id, [...(byService.get(id) ?? []), container]);
  return services.map((service) => ({ ...service, instances: byService.get(service.id) ?? [] }));
}
