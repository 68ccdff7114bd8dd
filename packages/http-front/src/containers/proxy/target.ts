import type { Session } from '@mooring/resources';
import { Problem } from '../../http/problem.js';
import { startedId } from '../routes/find.js';

function notRunning(state: string): Problem {
  const detail = `The container does not run (${state}), so nothing listens in it. GET …/state says why.`;
  return new Problem({ status: 409, code: 'not-running', title: 'Conflict', detail, retryAfter: 1 });
}

function notExposed(port: number, ports: readonly number[]): Problem {
  const has = ports.length === 0 ? 'none' : ports.join(', ');
  const detail = `The container does not expose port ${port}; its "ports" are: ${has}. Create it with the port in "ports".`;
  return new Problem({ status: 403, code: 'port-not-exposed', title: 'Forbidden', detail });
}

/** Where a container answers at a port of its own: at its own address, and where it exposes the port. @throws a Problem: 403, 409 */
export function originOfPort(session: Session, port: number): string {
  const ports = session.spec.launch.ports ?? [];
  if (!ports.includes(port)) throw notExposed(port, ports);
  startedId(session);
  const { container, address } = session.status;
  if (container?.state !== 'running' || address === undefined) throw notRunning(container?.state ?? 'not started');
  return `http://${address.ip.includes(':') ? `[${address.ip}]` : address.ip}:${port}`;
}

/** The path and query in the container: as they were asked for, without what leads to its port. */
export const pathBelow = (url: string): string => `/${url.split('/').slice(6).join('/')}`;
