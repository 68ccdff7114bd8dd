import { randomInt } from 'node:crypto';

interface Port {
  bindAddress: string | null;
  publicPort: number | null;
  privatePort: number;
  protocol: string;
}

/** The project's servicesPortRange (recording 01-07). */
export const PORT_RANGE = { start: 49_153, end: 65_535 } as const;

/** `[address:][public:]private[/protocol]`, Rancher's and Docker's form; undefined where it isn't. */
export const parsePort = (text: string): Port | undefined => {
  const match = /^(?:(?:(\d{1,3}(?:\.\d{1,3}){3}):)?(\d*):)?(\d+)(?:\/(tcp|udp))?$/i.exec(text);
  if (!match) return undefined;
  const [, bindAddress, publicPort, privatePort, protocol] = match;
  return {
    bindAddress: bindAddress ?? null,
    publicPort: publicPort ? Number(publicPort) : null,
    privatePort: Number(privatePort),
    protocol: (protocol ?? 'tcp').toLowerCase(),
  };
};

const parsePorts = (ports: readonly string[]): Port[] => ports.flatMap((text) => parsePort(text) ?? []);

export const publicPortsOf = (ports: readonly string[]): number[] => parsePorts(ports).flatMap((port) => port.publicPort ?? []);

export const privateTcpPortsOf = (ports: readonly string[]): number[] => [
  ...new Set(
    parsePorts(ports)
      .filter((port) => port.protocol === 'tcp')
      .map((port) => port.privatePort),
  ),
];

const TRIES = 100;

const pickFree = (isTaken: (port: number) => boolean): number => {
  for (let i = 0; i < TRIES; i++) {
    const port = randomInt(PORT_RANGE.start, PORT_RANGE.end + 1);
    if (!isTaken(port)) return port;
  }
  for (let port = PORT_RANGE.start; port <= PORT_RANGE.end; port++) if (!isTaken(port)) return port;
  throw new Error(`no free port between ${PORT_RANGE.start} and ${PORT_RANGE.end}: remove services with ports`);
};

/** Gives every port without a public one a random free one, as Rancher does (`8888/tcp` -> `63759:8888/tcp`). Nothing listens there. */
export const allocatePublicPorts = (ports: readonly string[], isTaken: (port: number) => boolean): string[] => {
  const used = new Set<number>();
  return ports.map((text) => {
    const port = parsePort(text);
    if (!port || port.publicPort !== null) return text;
    const chosen = pickFree((candidate) => used.has(candidate) || isTaken(candidate));
    used.add(chosen);
    return `${chosen}:${port.privatePort}/${port.protocol}`;
  });
};
