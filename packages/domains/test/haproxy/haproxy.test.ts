import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { quietLogger } from '../../../../leaks/quiet-logger.js';
import { readIfThere } from '../../src/files/replace.js';
import { Haproxy } from '../../src/haproxy/haproxy.js';
import { buildTable } from '../../src/table/table.js';
import type { DomainTable } from '../../src/table/types.js';
import { container, type Given, SETTINGS } from '../support/containers.js';
import { FakeHaproxy } from '../support/fake-haproxy.js';
import { HeldClock } from '../support/held-clock.js';

const table = (containers: readonly Given[], aliases?: unknown): DomainTable => buildTable({ containers, aliases }, SETTINGS);
const ONE = table([container('a', 1)]);
const TWO = table([container('a', 1), container('a', 2)]);
const NEW = table([container('a', 1), container('a', 2), container('b', 3)]);
const until = async (condition: () => boolean | Promise<boolean>): Promise<void> => {
  while (!(await condition())) await new Promise((resolve) => setImmediate(resolve));
};
const server = (number: number): string => `server web-u${number} 127.0.0.${number}:80`;

const haproxyOf = (fake: FakeHaproxy, clock: HeldClock): Haproxy =>
  new Haproxy({
    program: fake.program,
    paths: fake.paths,
    values: { domainMap: fake.paths.map, listen: '127.0.0.1:1', listenSsl: '127.0.0.1:2' },
    launch: fake.launch,
    clock,
    logger: quietLogger(),
  });

describe('a HAProxy that is kept at a table', () => {
  let fake: FakeHaproxy;
  let clock: HeldClock;
  let haproxy: Haproxy;

  beforeEach(async () => {
    fake = await FakeHaproxy.open();
    clock = new HeldClock();
    haproxy = haproxyOf(fake, clock);
    await haproxy.open();
    expect(await haproxy.apply(ONE)).toBe('reload');
  });
  afterEach(async () => {
    await haproxy.close();
    await fake.close();
  });

  it('is told of a change before the files have it, which are written a while later and once', async () => {
    expect(await haproxy.apply(TWO)).toBe('commands');
    expect(fake.told).toEqual(['add server a/web-u2 127.0.0.2:80', 'enable server a/web-u2']);
    const third = table([container('a', 1), container('a', 2), container('a', 3)], { a: ['www'] });
    expect(await haproxy.apply(third)).toBe('commands');
    expect(await fake.backends()).not.toContain(server(2));
    expect(clock.pauses).toHaveLength(1);
    clock.go();
    await until(async () => (await fake.backends()).includes(server(3)));
    await haproxy.look();
    expect(await readIfThere(fake.paths.map)).toBe('a.dev.tld a\nwww.dev.tld a\n');
    expect(fake.starts).toHaveLength(2);
    expect(await haproxy.apply(third)).toBe('none');
    expect(clock.pauses).toEqual([]);
  });

  it('is reloaded with all that it was told before', async () => {
    await haproxy.apply(TWO);
    expect(await haproxy.apply(NEW)).toBe('reload');
    expect(fake.starts.at(-1)).toMatch(new RegExp(`${server(2)}[^]*${server(3)}`));
    expect(clock.pauses).toEqual([]);
  });

  it('starts again with all that it was told when it ends by itself', async () => {
    await haproxy.apply(TWO);
    await fake.crash();
    expect(fake.starts.at(-1)).toContain(server(2));
  });

  it('leaves the files complete when it is to end', async () => {
    await haproxy.apply(TWO);
    await haproxy.close();
    expect(await fake.backends()).toContain(server(2));
    expect(clock.pauses).toEqual([]);
  });

  it('has the last changes back where others had it read files that were behind', async () => {
    await haproxy.apply(TWO);
    await fake.reload();
    expect(fake.starts.at(-1)).not.toContain(server(2));
    clock.go();
    await until(() => fake.starts.at(-1)?.includes(server(2)) === true);
  });

  it('is reloaded where it does not take a command that would bring it back to what the files have', async () => {
    await haproxy.apply(TWO);
    fake.refuses = /^set server/;
    const starts = fake.starts.length;
    expect(await haproxy.apply(ONE)).toBe('reload');
    expect(fake.starts).toHaveLength(starts + 1);
    expect(await haproxy.apply(ONE)).toBe('none');
  });

  it('says so where the files can not follow, keeps those that work, and tries again', async () => {
    await fake.check(false);
    expect(await haproxy.apply(TWO)).toBe('commands');
    expect(haproxy.problem()).toBeUndefined();
    clock.go();
    await until(() => haproxy.problem()?.includes('no such word') === true);
    expect(await fake.backends()).not.toContain(server(2));
    await fake.check(true);
    await until(() => clock.pauses.length > 0);
    clock.go();
    await until(async () => (await fake.backends()).includes(server(2)));
    await until(() => haproxy.problem() === undefined);
  });
});

describe("a HAProxy's start", () => {
  it('waits once for one that may be about to answer where an end unasked left sockets, and not at all after a clean one', async () => {
    const fake = await FakeHaproxy.open();
    await fake.endUnasked();
    const [killed, clean] = [new HeldClock(), new HeldClock()];
    const first = haproxyOf(fake, killed);
    await first.open();
    expect(killed.now()).toBeGreaterThanOrEqual(2_000);
    expect(killed.now()).toBeLessThan(3_000);
    await first.close();
    const second = haproxyOf(fake, clean);
    await second.open();
    expect(clean.now()).toBeLessThan(1_000);
    await second.close();
    await fake.close();
  });
});

describe('a HAProxy whose files another program writes', () => {
  it('takes what is written while it looks, and writes nothing over it', async () => {
    const fake = await FakeHaproxy.open();
    const haproxy = haproxyOf(fake, new HeldClock());
    const write = (name: string): string => `printf 'backend ${name}\\n' > ${fake.paths.backends}`;
    await fake.check(true, write('first'));
    await haproxy.open();
    expect([await fake.backends(), fake.starts]).toEqual(['backend first\n', ['backend first\n']]);
    await fake.check(true, write('second'));
    expect(await haproxy.refresh()).toBe('reload');
    await fake.check(true);
    expect(await haproxy.refresh()).toBe('reload');
    expect(await haproxy.refresh()).toBe('none');
    expect([await fake.backends(), fake.starts.at(-1)]).toEqual(['backend second\n', 'backend second\n']);
    await haproxy.close();
    await fake.close();
  });
});
