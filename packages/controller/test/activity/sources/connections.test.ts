import { describe, expect, it } from '@jest/globals';
import { OwnRequests } from '../../../src/activity/own-requests.js';
import type { Reading } from '../../../src/activity/reading.js';
import { Connections, type HeldSeen, judgeHeld, remotesOf } from '../../../src/activity/sources/connections.js';
import { FakeClock } from '../../runtime/fake-clock.js';
import { aTarget, fixture, NOW, UID } from './targets.js';

const HELD = 100_000;
const [A, B] = ['10.42.9.1:40001', '10.42.9.1:40002'];

interface Look {
  remotes?: string[];
  /** In seconds after NOW. */
  second: number;
  healthChecked?: boolean;
  probed?: boolean;
}

function look(looks: readonly Look[], openCounts = true): Reading[] {
  let seen: HeldSeen | undefined;
  return looks.map(({ remotes = [], second, healthChecked = false, probed = false }) => {
    const judged = judgeHeld(
      seen,
      { at: NOW + second * 1000, remotes, healthChecked, probed },
      { openCounts, heldMs: HELD, longestGapMs: 300_000 },
    );
    seen = judged.seen;
    return judged.reading;
  });
}
const types = (readings: readonly Reading[]): string[] => readings.map(({ type }) => type);

describe('connections to the container', () => {
  it('held for longer than Traefik keeps an idle one are somebody', () => {
    const readings = look([0, 60, 100, 120].map((second) => ({ remotes: [A], second })));
    expect(types(readings)).toEqual(['unknown', 'unknown', 'unknown', 'active']);
    expect(readings[3]).toMatchObject({ at: NOW + 120_000 });
  });

  it('that are young prove nothing, however often others come', () => {
    const readings = look([0, 60, 120, 180].map((second) => ({ remotes: [`10.42.9.1:${50_000 + second}`], second })));
    expect(types(readings)).toEqual(['unknown', 'unknown', 'unknown', 'unknown']);
  });

  it('that are young may be somebody, but not where they may be a health check or silent ones are ignored', () => {
    const young = { remotes: [A], second: 0 };
    expect(look([young])).toEqual([{ type: 'unknown', why: expect.stringContaining('young'), seen: true }]);
    expect(look([{ ...young, healthChecked: true }])[0]).not.toHaveProperty('seen');
    expect(look([young], false)[0]).not.toHaveProperty('seen');
  });

  it('that came with a request of our own are nobody, one from each Traefik; until they are held', () => {
    const OTHER = '10.42.9.2:40001';
    const quiet = look([{ second: 0 }, { remotes: [A, OTHER], second: 10, probed: true }, { remotes: [A], second: 20 }]);
    expect(quiet.map((reading) => reading.type === 'quiet' && reading.since)).toEqual([NOW, NOW, NOW]);
    expect(look([{ second: 0 }, { remotes: [A, B], second: 10, probed: true }])[1]).toMatchObject({ type: 'unknown', seen: true });
    expect(
      look([
        { remotes: [A], second: 0 },
        { remotes: [A], second: 10, probed: true },
      ])[1],
    ).toMatchObject({ type: 'unknown' });
    const taken = look([
      { remotes: [A], second: 0, probed: true },
      { remotes: [A], second: 120 },
    ]);
    expect(types(taken)).toEqual(['quiet', 'active']);
  });

  it('that are none are quiet since they were none first', () => {
    const readings = look([{ remotes: [A], second: 0 }, { second: 60 }, { second: 120 }]);
    expect(types(readings)).toEqual(['unknown', 'quiet', 'quiet']);
    expect(readings[2]).toMatchObject({ since: NOW + 60_000 });
  });

  it('are not quiet while nobody looked', () => {
    expect(look([{ second: 0 }, { second: 3_600 }])[1]).toMatchObject({ type: 'quiet', since: NOW + 3_600_000 });
  });

  it('prove nothing where silent ones are ignored', () => {
    expect(types(look([{ remotes: [A], second: 0 }, { remotes: [A], second: 120 }, { second: 180 }], false))).toEqual([
      'unknown',
      'unknown',
      'quiet',
    ]);
  });

  it('of a Traefik that checks the health may be its check, but not two of them', () => {
    const one = [0, 120].map((second) => ({ remotes: [A], second, healthChecked: true }));
    expect(look(one)[1]).toMatchObject({ type: 'unknown', why: expect.stringContaining('health check') });
    const two = [0, 120].map((second) => ({ remotes: [A, B], second, healthChecked: true }));
    expect(look(two)[1]).toMatchObject({ type: 'active', detail: expect.stringContaining('1 connection ') });
  });
});

describe('whose connections count', () => {
  const end = (ip: string, port: number) => ({ ip, port });

  it('in a network of its own: those from outside to the port', () => {
    const established = [
      { local: end('10.42.0.7', 8888), remote: end('10.42.9.1', 40001) },
      { local: end('172.17.0.9', 8888), remote: end('172.17.0.1', 40002) },
      { local: end('127.0.0.1', 8888), remote: end('127.0.0.1', 40003) },
      { local: end('10.42.0.7', 8888), remote: end('10.42.0.7', 40004) },
      { local: end('10.42.0.7', 33333), remote: end('192.0.2.1', 8888) },
    ];
    expect(remotesOf(established, aTarget())).toEqual([A, '172.17.0.1:40002']);
  });

  it("in the machine's network: those to its own address", () => {
    const established = [
      { local: end('127.64.3.7', 8888), remote: end('127.0.0.1', 40001) },
      { local: end('127.64.3.8', 8888), remote: end('127.0.0.1', 40002) },
      { local: end('127.0.0.1', 40001), remote: end('127.64.3.7', 8888) },
    ];
    expect(remotesOf(established, aTarget({ address: { ip: '127.64.3.7', port: 8888 } }))).toEqual(['127.0.0.1:40001']);
  });
});

describe('asking for connections', () => {
  const target = aTarget({ address: { ip: '127.64.3.7', port: 18889 } });

  function start(execute: () => Promise<string>) {
    const clock = new FakeClock();
    const source = new Connections({ containers: { execute }, clock, own: new OwnRequests(clock), heldMs: HELD, longestGapMs: 300_000 });
    const read = async (): Promise<Reading | undefined> => (await source.read([target], new AbortController().signal)).get(UID);
    return { clock, read };
  }

  it('sees one that is held', async () => {
    const { clock, read } = start(async () => fixture('proc-net-tcp.txt'));
    expect(await read()).toMatchObject({ type: 'unknown' });
    clock.advance(HELD + 1);
    expect(await read()).toMatchObject({ type: 'active', at: clock.now() });
  });

  it('is unknown where Rancher runs no command, and what was quiet begins anew', async () => {
    const none = fixture('proc-net-tcp.txt').replaceAll('49C9', '1111');
    let answer: string | Error = none;
    const { clock, read } = start(async () => {
      if (answer instanceof Error) throw answer;
      return answer;
    });
    expect(await read()).toMatchObject({ type: 'quiet' });
    answer = new Error('Rancher answered POST … with 501 HostApiProxyDisabled.');
    clock.advance(1_000);
    expect(await read()).toEqual({ type: 'unknown', why: expect.stringContaining('501 HostApiProxyDisabled') });
    answer = none;
    clock.advance(1_000);
    expect(await read()).toMatchObject({ type: 'quiet', since: clock.now() });
  });
});
