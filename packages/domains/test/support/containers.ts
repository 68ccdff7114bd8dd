import type { TableSettings } from '../../src/table/types.js';

export const SETTINGS: TableSettings = { domain: 'dev.tld', label: 'map-public-http', proxyLabel: 'proxy_protocol', proxy: 'haproxy' };

export interface Given {
  [field: string]: unknown;
}

/** A container of a stack as the metadata service tells of it; `number` makes it another one. */
export function container(stack: unknown, number = 1, given: Given = {}, labels: Given = {}): Given {
  return {
    name: `${stack}-web-${number}`,
    uuid: `u${number}`,
    primary_ip: `127.0.0.${number}`,
    state: 'running',
    health_state: null,
    service_name: 'web',
    stack_name: stack,
    labels: { 'map-public-http': '80', 'io.rancher.stack.name': stack, ...labels },
    ...given,
  };
}
