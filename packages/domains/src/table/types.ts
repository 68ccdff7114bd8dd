/** One container that a stack's requests go to. */
export interface Server {
  /** `<service>-<uuid>`, as rancher-haproxy names it. */
  name: string;
  address: string;
  port: number;
  /** HAProxy's options of a server, such as `send-proxy`; empty where it has none. */
  options: string;
}

export interface StackRow {
  /** The stack's name, which is the backend's. */
  stack: string;
  /** Its own first, then its aliases; in small letters. */
  domains: readonly string[];
  /** At least one. */
  servers: readonly Server[];
}

/** Why something is left out: what may pass by itself, and what somebody has to put right. */
export const WAITING = ['NotRunning', 'Unhealthy', 'NoAddress'] as const;
export const REFUSED = [
  'InvalidContainer',
  'InvalidStack',
  'InvalidService',
  'InvalidAddress',
  'InvalidPort',
  'InvalidOptions',
  'InvalidAlias',
  'Duplicate',
  'DomainTaken',
  'NameTaken',
  'UnknownStack',
] as const;
export type Reason = (typeof WAITING)[number] | (typeof REFUSED)[number];

export interface LeftOut {
  what: 'server' | 'stack' | 'alias';
  /** As it may be shown: it is what was refused, at times. */
  stack: string;
  /** The server, or the alias; empty for a stack. */
  name: string;
  reason: Reason;
  /** A sentence with what is wrong and what to do. */
  message: string;
}

export interface DomainTable {
  /** By name. */
  stacks: readonly StackRow[];
  leftOut: readonly LeftOut[];
}

export interface TableSettings {
  /** What follows a stack's name, in small letters: `dev.example.org`. */
  domain: string;
  /** The label that says the port: `map-public-http`. */
  label: string;
  /** The label that says a server's options. */
  proxyLabel: string;
  /** Who reads the table; Traefik has no options of a server. */
  proxy: 'haproxy' | 'traefik';
  /** Names of proxies that stand in the site's own haproxy.cfg. */
  takenNames?: ReadonlySet<string>;
  /** Hosts that no stack may have. */
  takenDomains?: ReadonlySet<string>;
}

/** What the metadata service told, not looked at yet. */
export interface Told {
  containers: readonly unknown[];
  /** Of the own service's metadata; undefined where it has none. */
  aliases: unknown;
}
