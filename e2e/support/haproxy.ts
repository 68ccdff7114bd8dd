import { existsSync } from 'node:fs';

const PLACES = ['/usr/sbin/haproxy', '/usr/local/sbin/haproxy'];

/** The real HAProxy, from HAPROXY_BIN or where Debian puts it; undefined where there is none. */
export const haproxyPath = (): string | undefined =>
  [process.env.HAPROXY_BIN, ...PLACES].find((path) => path !== undefined && existsSync(path));
