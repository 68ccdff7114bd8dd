import { createServer } from 'node:net';

export class PortTakenError extends Error {
  override readonly name = 'PortTakenError';
  readonly code = 'PortTaken';
}

/** `MOORING_PORT_BASE`'s ports, by what is on them. */
export interface Ports {
  entryPoint: number;
  rancher: number;
  traefik: number;
  front: number;
  internal: number;
  management: number;
  metadata: number;
  satellite: number;
}

export const portsFrom = (base: number): Ports => ({
  entryPoint: base,
  rancher: base + 1,
  traefik: base + 2,
  front: base + 3,
  internal: base + 4,
  management: base + 5,
  metadata: base + 6,
  satellite: base + 7,
});

const USES: Readonly<Record<keyof Ports, string>> = {
  entryPoint: "Traefik's entry point",
  rancher: "local Rancher's API",
  traefik: "Traefik's API and metrics",
  front: 'the front',
  internal: 'the internal listener',
  management: 'the management API',
  metadata: "local Rancher's metadata service",
  satellite: 'the satellite',
};

function bindError(host: string, port: number): Promise<NodeJS.ErrnoException | undefined> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', resolve);
    server.listen({ host, port, exclusive: true }, () => server.close(() => resolve(undefined)));
  });
}

const sentence = (port: number, use: string, base: number, error: NodeJS.ErrnoException): string =>
  error.code === 'EADDRINUSE'
    ? `Port ${port} on 127.0.0.1 (${use}; MOORING_PORT_BASE=${base} + ${port - base}) is taken by another program.`
    : `Port ${port} on 127.0.0.1 (${use}; MOORING_PORT_BASE=${base} + ${port - base}) can't be used: ${error.code ?? error.message}.`;

/**
 * @throws PortTakenError that names every port that is taken, and its key.
 */
export async function checkPorts(ports: Ports, host = '127.0.0.1'): Promise<void> {
  const found: string[] = [];
  for (const name of Object.keys(USES) as (keyof Ports)[]) {
    const error = await bindError(host, ports[name]);
    if (error) found.push(sentence(ports[name], USES[name], ports.entryPoint, error));
  }
  if (found.length > 0)
    throw new PortTakenError(`${found.join('\n')}\nEnd that program, or set MOORING_PORT_BASE to the first of eight free ports.`);
}
