import { describe, expect, it } from '@jest/globals';
import { LinePicker } from '../../../src/activity/sources/prometheus-text.js';
import { increase, readMetrics, TRAEFIK_METRICS, type TraefikMetrics } from '../../../src/activity/sources/traefik-metrics.js';
import { fixture } from './targets.js';

function read(text: string): TraefikMetrics | { problem: string } {
  const picker = new LinePicker(TRAEFIK_METRICS);
  picker.add(text);
  return readMetrics(picker);
}

const STARTED = 'process_start_time_seconds 1.79523619273e+09\n';

describe("Traefik's metrics", () => {
  it('of 2.11, as recorded', () => {
    expect(read(fixture('traefik-2.11.txt'))).toEqual({
      startedAt: 1_795_236_192.73,
      open: new Map([
        ['abc@rancher', { requests: 0, streams: 2 }],
        ['n1@rancher', { requests: 0, streams: 0 }],
        ['x@rancher', { requests: 0, streams: 0 }],
      ]),
      requests: new Map([
        ['abc@rancher', new Map([['code=200 method=GET protocol=http', 43]])],
        ['n1@rancher', new Map([['code=200 method=GET protocol=http', 1]])],
        [
          'x@rancher',
          new Map([
            ['code=200 method=GET protocol=http', 17],
            ['code=404 method=GET protocol=http', 1],
          ]),
        ],
      ]),
    });
  });

  it('of 3.7, as recorded: no open connections by service', () => {
    const metrics = read(fixture('traefik-3.7.txt'));
    expect(metrics).toMatchObject({ startedAt: 1_795_236_078.72, open: new Map() });
    expect('requests' in metrics && [...metrics.requests.keys()]).toEqual(['s1@http', 'wsvc@http', 'wait@http']);
  });

  it.each([
    ['cut in a line', `${STARTED}traefik_service_requests_total{service="a"} 1`, 'cut short'],
    ['with a line that is none', `${STARTED}traefik_service_requests_total{service="a"} many\n`, "can't be read"],
    ['with a value that is none', `${STARTED}traefik_service_requests_total{service="a"} NaN\n`, "can't be read"],
    ['of somebody else', 'up 1\n', 'is it the metrics of Traefik?'],
    ['that are none', '', 'is it the metrics of Traefik?'],
    ['that are a page', '<html>\n<body>\n', 'is it the metrics of Traefik?'],
  ])('%s are not used', (_what, text, problem) => expect(read(text)).toEqual({ problem: expect.stringContaining(problem) }));

  it('do not hide a connection behind a negative number', () => {
    const open = (protocol: string, value: number): string =>
      `traefik_service_open_connections{method="GET",protocol="${protocol}",service="a"} ${value}\n`;
    const metrics = read(STARTED + open('websocket', 1) + open('sse', -1));
    expect('open' in metrics && metrics.open.get('a')).toEqual({ requests: 0, streams: Number.NaN });
  });
});

describe('increase', () => {
  const counts = (entries: Record<string, number>): Map<string, number> => new Map(Object.entries(entries));

  it('is the sum over all labels, new ones included', () => {
    expect(increase(counts({ a: 1, b: 2 }), counts({ a: 1, b: 5, c: 1 }))).toBe(4);
    expect(increase(counts({}), counts({}))).toBe(0);
  });

  it('is unknown where a counter went down or away', () => {
    expect(increase(counts({ a: 2 }), counts({ a: 1, b: 100 }))).toBeUndefined();
    expect(increase(counts({ a: 0 }), counts({}))).toBeUndefined();
  });
});
