interface Counted {
  requests: Map<string, number>;
  /** Open websockets; undefined before the first since the service is there: there is no such series then. */
  open: number | undefined;
}

const HTTP = 'code="200",method="GET",protocol="http"';
const CLOSED = 'code="0",method="GET",protocol="websocket"';

/**
 * What Traefik counts of its services, as measured: everybody's requests, Mooring's own among them. 2 has a gauge of open connections, which
 * doesn't show those that were open before the service was added again or Traefik restarted; 3 counts a websocket when it closes.
 */
export class TraefikCounters {
  #services = new Map<string, Counted>();
  #startedAt = Date.now();
  /** Websockets that the gauge shows, by an object of who holds them. */
  #shown = new WeakSet<object>();

  constructor(private readonly version: 2 | 3) {}

  restarted(): void {
    this.#services = new Map();
    this.#shown = new WeakSet();
    this.#startedAt = Date.now();
  }

  /** What isn't there any more is counted no more, and begins anew when it is there again. */
  removed(uid: string): void {
    this.#services.delete(uid);
  }

  request(uid: string, labels = HTTP): void {
    const { requests } = this.#of(uid);
    requests.set(labels, (requests.get(labels) ?? 0) + 1);
  }

  opened(uid: string, holder: { series?: object }): void {
    const counted = this.#of(uid);
    counted.open = (counted.open ?? 0) + 1;
    holder.series = counted;
    this.#shown.add(holder);
  }

  closed(uid: string, holder: { series?: object }): void {
    const counted = this.#of(uid);
    if (this.#shown.has(holder) && holder.series === counted) counted.open = (counted.open ?? 1) - 1;
    this.request(uid, CLOSED);
  }

  /** Prometheus' text. */
  text(): string {
    const lines = [`process_start_time_seconds ${this.#startedAt / 1000}`];
    for (const [uid, { requests, open }] of this.#services) {
      for (const [labels, count] of requests) lines.push(`traefik_service_requests_total{${labels},service="${uid}@http"} ${count}`);
      if (this.version === 2 && requests.size > 0) {
        lines.push(`traefik_service_open_connections{method="GET",protocol="http",service="${uid}@http"} 0`);
      }
      if (this.version === 2 && open !== undefined) {
        lines.push(`traefik_service_open_connections{method="GET",protocol="websocket",service="${uid}@http"} ${open}`);
      }
    }
    return `${lines.join('\n')}\n`;
  }

  #of(uid: string): Counted {
    const counted = this.#services.get(uid) ?? { requests: new Map(), open: undefined };
    this.#services.set(uid, counted);
    return counted;
  }
}
