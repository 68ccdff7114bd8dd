/** Where a container answers. */
export interface Address {
  ip: string;
  port: number;
}

/** The origin to ask there; an IPv6 address stands in brackets (RFC 3986). */
export const originOf = ({ ip, port }: Address): string => `http://${ip.includes(':') ? `[${ip}]` : ip}:${port}`;
