import { describe, expect, it } from '@jest/globals';
import { afterCommands, plan, runningOf } from '../../src/haproxy/plan.js';
import { buildTable } from '../../src/table/table.js';
import { container, type Given, SETTINGS } from '../support/containers.js';

const table = (containers: readonly Given[], aliases?: unknown) => buildTable({ containers, aliases }, SETTINGS);
const MAP = '/etc/domain.map';
const texts = (next: ReturnType<typeof plan>): string[] => (next.kind === 'commands' ? next.commands.map(({ text }) => text) : [next.kind]);

describe('what a running HAProxy is told', () => {
  const before = table([container('a', 1), container('b', 1)]);

  it('is nothing where nothing has changed', () => {
    expect(plan(runningOf(before), before, MAP)).toEqual({ kind: 'nothing' });
  });

  it('is to take servers in before it is led to them, and domains away before their servers', () => {
    const after = table([container('a', 2, {}, { proxy_protocol: 'send-proxy check' })], { a: ['www'] });
    expect(texts(plan(runningOf(before), after, MAP))).toEqual([
      'add server a/web-u2 127.0.0.2:80 send-proxy check',
      'enable health a/web-u2',
      'enable server a/web-u2',
      'add map /etc/domain.map www.dev.tld a',
      'del map /etc/domain.map b.dev.tld',
      'set server a/web-u1 state maint',
      'del server a/web-u1',
      'set server b/web-u1 state maint',
      'del server b/web-u1',
    ]);
  });

  it('is to move a server that is elsewhere now, and an alias that is of another stack', () => {
    const [was, is] = [
      table([container('a'), container('b')], { a: ['www'] }),
      table([container('a', 1, { primary_ip: '127.0.0.9' }), container('b')], { b: ['www'] }),
    ];
    expect(texts(plan(runningOf(was), is, MAP))).toEqual([
      'set server a/web-u1 addr 127.0.0.9 port 80',
      'set map /etc/domain.map www.dev.tld b',
    ]);
  });

  it('is to be reloaded for a new stack and for other options', () => {
    expect(plan(runningOf(before), table([container('a'), container('b'), container('c')]), MAP).kind).toBe('reload');
    expect(plan(runningOf(before), table([container('a', 1, {}, { proxy_protocol: 'backup' }), container('b')]), MAP).kind).toBe('reload');
  });

  it('keeps in mind what would not go, tries again, and takes it back without a reload', () => {
    const without = table([container('a', 1)]);
    const left = afterCommands(runningOf(before), without, [{ backend: 'b', server: 'web-u1' }]);
    expect(texts(plan(left, without, MAP))).toEqual(['del server b/web-u1']);
    expect(texts(plan(left, before, MAP))).toEqual(['set server b/web-u1 state ready', 'add map /etc/domain.map b.dev.tld b']);
    const gone = afterCommands(runningOf(before), without, []);
    expect(texts(plan(gone, before, MAP))).toEqual([
      'add server b/web-u1 127.0.0.1:80',
      'enable server b/web-u1',
      'add map /etc/domain.map b.dev.tld b',
    ]);
  });

  it('is nothing for a stack whose row is the one that it has, and comes once for a stack that goes while a server of it is leaving', () => {
    const [was, is] = [table([container('a', 1), container('a', 2)]), table([container('a', 1)])];
    const left = afterCommands(runningOf(was), is, [{ backend: 'a', server: 'web-u2' }]);
    expect(texts(plan(left, table([container('a', 1, { primary_ip: '127.0.0.9' })]), MAP))).toEqual([
      'set server a/web-u1 addr 127.0.0.9 port 80',
      'del server a/web-u2',
    ]);
    expect(texts(plan(left, table([]), MAP))).toEqual([
      'del map /etc/domain.map a.dev.tld',
      'set server a/web-u1 state maint',
      'del server a/web-u1',
      'del server a/web-u2',
    ]);
    const same = { ...before, stacks: before.stacks.map((row, at) => (at === 0 ? row : { ...row, domains: ['x.dev.tld'] })) };
    expect(texts(plan(runningOf(before), same, MAP))).toEqual(['add map /etc/domain.map x.dev.tld b', 'del map /etc/domain.map b.dev.tld']);
  });
});
