import { describe, expect, it } from '@jest/globals';
import { renderBackends, renderMap } from '../../src/render.js';
import { buildTable } from '../../src/table/table.js';
import type { TableSettings } from '../../src/table/types.js';
import { container, SETTINGS } from '../support/containers.js';

const build = (containers: readonly unknown[], aliases?: unknown, settings: Partial<TableSettings> = {}) =>
  buildTable({ containers, aliases }, { ...SETTINGS, ...settings });

const reasons = (table: ReturnType<typeof build>) => table.leftOut.map(({ what, reason }) => `${what} ${reason}`);

describe('the table of domains', () => {
  it('leads <stack>.<domain> and aliases to the containers with the label, in the form that rancher-haproxy writes', () => {
    const table = build(
      [container('shop', 2), container('shop', 1, {}, { 'map-public-http': 8080, proxy_protocol: 'send-proxy-v2' }), container('blog')],
      { shop: ['www', 'the.shop'] },
    );
    expect(table.leftOut).toEqual([]);
    expect(renderMap(table)).toBe('blog.dev.tld blog\nshop.dev.tld shop\nthe.shop.dev.tld shop\nwww.dev.tld shop\n');
    expect(renderBackends(table)).toBe(
      '\nbackend blog\n  mode http\n  server web-u1 127.0.0.1:80\n' +
        '\nbackend shop\n  mode http\n  server web-u1 127.0.0.1:8080 send-proxy-v2\n  server web-u2 127.0.0.2:80\n',
    );
  });

  it('comes to the same whatever the order', () => {
    const all = [container('a', 1), container('a', 2), container('b', 1), container('B', 1), container('c', 1, { state: 'stopped' })];
    const aliases = { b: ['x', 'y'], a: ['y', 'z'] };
    const reversed = { a: ['z', 'y'], b: ['y', 'x'] };
    expect(build([...all].reverse(), reversed)).toEqual(build(all, aliases));
  });

  it('leaves containers without the label alone, and those of which it is not known whether they have one out', () => {
    const table = build([{ stack_name: 'x', labels: {} }, { labels: null }, {}, 7, { stack_name: 'y', labels: 'map-public-http' }]);
    expect(table.stacks).toEqual([]);
    expect(reasons(table)).toEqual(['server InvalidContainer', 'server InvalidContainer']);
  });

  it('waits for containers that do not run, are unhealthy or have no address', () => {
    const table = build([
      container('a', 1, { state: 'stopped' }),
      container('b', 1, { health_state: 'unhealthy' }),
      container('c', 1, { primary_ip: null }),
      container('d', 1, { health_state: 'initializing' }),
      container('e', 1, { health_state: 'healthy' }),
    ]);
    expect(table.stacks.map(({ stack }) => stack)).toEqual(['d', 'e']);
    expect(reasons(table)).toEqual(['server NotRunning', 'server Unhealthy', 'server NoAddress']);
  });

  it.each([
    ['a stack with a newline', container('a\nbackend evil'), 'InvalidStack'],
    ['a stack with a quote', container('a"'), 'InvalidStack'],
    ['a stack with a brace', container('a}'), 'InvalidStack'],
    ['a stack with a blank', container('a b'), 'InvalidStack'],
    ['a stack of 10 kB', container('a'.repeat(10_000)), 'InvalidStack'],
    ['no stack', container(null), 'InvalidStack'],
    ['a stack that is a number', container(7), 'InvalidContainer'],
    ['a service with a newline', container('a', 1, { service_name: 'web\n  server evil 1.2.3.4:80' }), 'InvalidService'],
    ['a uuid with a blank', container('a', 1, { uuid: 'u 1.2.3.4:80' }), 'InvalidContainer'],
    ['port 0', container('a', 1, {}, { 'map-public-http': '0' }), 'InvalidPort'],
    ['port 70000', container('a', 1, {}, { 'map-public-http': 70_000 }), 'InvalidPort'],
    ['a port with more behind it', container('a', 1, {}, { 'map-public-http': '80; drop' }), 'InvalidPort'],
    ['a port with a line behind it', container('a', 1, {}, { 'map-public-http': '80\n' }), 'InvalidPort'],
    ['a port of 10 kB', container('a', 1, {}, { 'map-public-http': '8'.repeat(10_000) }), 'InvalidPort'],
    ['a port that is a list', container('a', 1, {}, { 'map-public-http': ['80'] }), 'InvalidPort'],
    ['an address with a line', container('a', 1, { primary_ip: '10.0.0.1\nx' }), 'InvalidAddress'],
    ['the address that HAProxy takes for any', container('a', 1, { primary_ip: '0.0.0.0' }), 'InvalidAddress'],
    ['an address of a group', container('a', 1, { primary_ip: '224.0.0.1' }), 'InvalidAddress'],
    ['options that are a map', container('a', 1, {}, { proxy_protocol: {} }), 'InvalidOptions'],
    ['options with a line', container('a', 1, {}, { proxy_protocol: 'send-proxy\nbackend evil' }), 'InvalidOptions'],
    ['an option that reads a file', container('a', 1, {}, { proxy_protocol: 'ssl ca-file /etc/passwd' }), 'InvalidOptions'],
  ])('leaves out %s, says why in one short line, and goes on', (_, hostile, reason) => {
    const table = build([hostile, container('good', 9)]);
    expect(table.stacks.map(({ stack }) => stack)).toEqual(['good']);
    expect(table.leftOut).toHaveLength(1);
    expect(table.leftOut[0]?.reason).toBe(reason);
    const shown = Object.values(table.leftOut[0] ?? {}).join(' ');
    expect(shown).not.toMatch(/[\n\r]/);
    expect(shown.length).toBeLessThan(700);
  });

  it('gives a name that differs in capitals only to the one without', () => {
    const table = build([container('Web'), container('web', 2), container('WEB', 3)]);
    expect(renderMap(table)).toBe('web.dev.tld web\n');
    expect(reasons(table)).toEqual(['stack DomainTaken', 'stack DomainTaken']);
  });

  it('leaves a domain to the stack whose name it is, though none of its containers runs', () => {
    const table = build([container('thief'), container('bank', 1, { state: 'stopped' })], { thief: ['bank', 'BANK', 'other'] });
    expect(renderMap(table)).toBe('other.dev.tld thief\nthief.dev.tld thief\n');
    expect(reasons(table)).toEqual(['server NotRunning', 'alias DomainTaken', 'alias DomainTaken']);
  });

  it('gives an alias that two want to the first by name, and takes cycles for thefts', () => {
    const table = build([container('a'), container('b')], { b: ['x', 'a'], a: ['x', 'b', 'a', 'x'] });
    expect(renderMap(table)).toBe('a.dev.tld a\nb.dev.tld b\nx.dev.tld a\n');
    expect(table.leftOut.map(({ stack, name }) => `${stack} ${name}`)).toEqual(['a b', 'b a', 'b x']);
  });

  it.each([
    ['a text', 'a', 1],
    ['a list', ['a'], 1],
    ['names that are a text', { a: 'www' }, 1],
    ['a number among names', { a: [7, 'www'] }, 1],
    ['a line', { a: ['www\nevil'] }, 1],
    ['10 kB', { a: ['w'.repeat(10_000)] }, 1],
    ['nothing', { a: [''] }, 1],
    ['a stack that is not there', { ghost: ['www'] }, 1],
    ['a stack with a line in it', { 'gh\nost': ['www'] }, 1],
  ])('leaves aliases out that are %s', (_, aliases, count) => {
    const table = build([container('a')], aliases);
    expect(table.stacks).toHaveLength(1);
    expect(table.leftOut).toHaveLength(count);
    expect(table.leftOut.flatMap((one) => Object.values(one)).join(' ')).not.toContain('\n');
    expect(renderMap(table)).not.toMatch(/evil|ghost/);
  });

  it("keeps a stack away from the site's own hosts and the proxies of its haproxy.cfg", () => {
    const settings = { takenNames: new Set(['stats']), takenDomains: new Set(['portal.dev.tld']) };
    const table = build([container('stats'), container('portal'), container('a')], { a: ['portal'] }, settings);
    expect(table.stacks.map(({ stack }) => stack)).toEqual(['a']);
    expect(reasons(table).sort()).toEqual(['alias DomainTaken', 'stack DomainTaken', 'stack NameTaken']);
  });

  it('has one server of a name', () => {
    const table = build([container('a', 1), container('a', 1, { primary_ip: '127.0.0.7' })]);
    expect(renderBackends(table).match(/server /g)).toHaveLength(1);
    expect(reasons(table)).toEqual(['server Duplicate']);
  });

  it('refuses options where Traefik reads the table', () => {
    const table = build([container('a', 1, {}, { proxy_protocol: 'send-proxy' })], undefined, { proxy: 'traefik' });
    expect(reasons(table)).toEqual(['server InvalidOptions']);
  });
});
