import { createHash } from 'node:crypto';
import { createServer } from 'node:net';
import { RuntimeError, systemErrorCode } from './errors.js';

const CANDIDATES = 64;
/** 127.64.0.0/10: loopback (RFC 1122, 3.2.1.3) away from 127.0.0.1 and from 127.0.0.53, which resolvers use. */
const RANGE = { firstOctet: 127, secondOctet: 64, hosts: 2 ** 22 };

/** True where each of the ports can be bound on the address now. */
export type AddressProbe = (address: string, ports: readonly number[]) => Promise<boolean>;

export interface AddressRequest {
  uuid: string;
  ports: readonly number[];
  /** Kept where it is free. */
  preferred?: string | undefined;
}

/**
 * Gives each container a loopback address of its own. It is drawn from the installation's id and the container's uuid: two
 * installations seldom try the same one, and a container gets its own back. No address is handed out twice; what others hold is found
 * by binding.
 */
export class AddressPool {
  readonly #taken = new Set<string>();

  constructor(
    private readonly installation: string,
    private readonly isFree: AddressProbe = canBind,
  ) {}

  /** @throws RuntimeError NoFreeAddress, PortNotAllowed */
  async reserve(request: AddressRequest): Promise<string> {
    for (const address of this.#candidates(request)) {
      if (await this.#take(address, request.ports)) return address;
    }
    throw new RuntimeError(
      'NoFreeAddress',
      `None of ${CANDIDATES} addresses in 127.64.0.0/10 has port ${request.ports.join(', ')} free: another program probably listens on it for ` +
        'all addresses (0.0.0.0 or ::). Stop it, or let it listen on 127.0.0.1 only.',
    );
  }

  release(address: string): void {
    this.#taken.delete(address);
  }

  *#candidates({ uuid, preferred }: AddressRequest): Generator<string> {
    if (preferred !== undefined && inRange(preferred)) yield preferred;
    for (let attempt = 0; attempt < CANDIDATES; attempt += 1) yield drawAddress(`${this.installation} ${uuid} ${attempt}`);
  }

  /** Taken before the first await, so that a reservation that runs beside can't get it too. */
  async #take(address: string, ports: readonly number[]): Promise<boolean> {
    if (this.#taken.has(address)) return false;
    this.#taken.add(address);
    let free = false;
    try {
      free = await this.isFree(address, ports);
    } finally {
      if (!free) this.#taken.delete(address);
    }
    return free;
  }
}

/** @internal An address of 127.64.0.0/10 whose last number is 1 to 254. */
export function drawAddress(seed: string): string {
  const host = createHash('sha256').update(seed).digest().readUInt32BE() % RANGE.hosts;
  const [high, middle, low] = [host >> 16, (host >> 8) & 0xff, host & 0xff];
  return `${RANGE.firstOctet}.${RANGE.secondOctet + high}.${middle}.${1 + (low % 254)}`;
}

function inRange(address: string): boolean {
  const octets = /^127\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})$/.exec(address)?.slice(1).map(Number);
  if (octets === undefined || octets.some((octet) => octet > 255)) return false;
  const [second = 0] = octets;
  return second >= RANGE.secondOctet && second < RANGE.secondOctet + 64;
}

async function canBind(address: string, ports: readonly number[]): Promise<boolean> {
  const results = await Promise.all(ports.map((port) => bindOnce(address, port)));
  return results.every((bound) => bound);
}

function bindOnce(host: string, port: number): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', (error) => {
      if (systemErrorCode(error) === 'EADDRINUSE') resolve(false);
      else reject(portNotAllowed(host, port, error));
    });
    server.listen({ host, port, exclusive: true }, () => server.close(() => resolve(true)));
  });
}

function portNotAllowed(host: string, port: number, error: Error): RuntimeError {
  const cure =
    systemErrorCode(error) === 'EACCES' ? 'Choose a port from 1024 on.' : 'The machine needs a loopback interface with 127.0.0.0/8.';
  return new RuntimeError('PortNotAllowed', `Port ${port} can't be bound on ${host}: ${error.message}. ${cure}`, { cause: error });
}
