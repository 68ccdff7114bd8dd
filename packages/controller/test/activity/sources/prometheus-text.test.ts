import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { LinePicker, parseSample } from '../../../src/activity/sources/prometheus-text.js';

const escaped = (text: string): string => text.replace(/\\/g, '\\\\').replace(/"/g, '\\"').replace(/\n/g, '\\n');
const format = (name: string, labels: Record<string, string>, value: number): string => {
  const pairs = Object.entries(labels).map(([label, text]) => `${label}="${escaped(text)}"`);
  return `${name}${pairs.length > 0 ? `{${pairs.join(',')}}` : ''} ${value}`;
};

const names = fc.stringMatching(/^[a-zA-Z_][a-zA-Z0-9_]{0,20}$/).filter((name) => name !== '__proto__');
const samples = fc.record({
  name: names,
  labels: fc.dictionary(names, fc.string({ unit: 'binary', maxLength: 20 }), { maxKeys: 5, noNullPrototype: true }),
  value: fc.double({ noNaN: true, noDefaultInfinity: true }).map((value) => value + 0),
});

describe('a sample', () => {
  it.each([
    ['up 1', { name: 'up', labels: {}, value: 1 }],
    ['a{x="1",} 3 1395066363000', { name: 'a', labels: { x: '1' }, value: 3 }],
    ['a{ x = "1" , y="2" } 1.5e+09', { name: 'a', labels: { x: '1', y: '2' }, value: 1.5e9 }],
    ['a{x="q\\"u\\\\o\\nte, }{ ="} +Inf', { name: 'a', labels: { x: 'q"u\\o\nte, }{ =' }, value: Number.POSITIVE_INFINITY }],
    ['a{x="1"} 7 # {trace_id="a}b"} 0.5 1520879607.789', { name: 'a', labels: { x: '1' }, value: 7 }],
    ['a{} NaN', { name: 'a', labels: {}, value: Number.NaN }],
  ])('is read: %s', (line, sample) => expect(parseSample(line)).toEqual(sample));

  it.each([
    '',
    '<html>',
    'a{x="1"}',
    'a{x="1"} ',
    'a{x="1',
    'a{x="1\\"} 1',
    'a{x=1} 1',
    'a{x="1"} 0x10',
    'a 1 2 3',
    'a{x="1"} one',
    '{x="1"} 1',
  ])('is none: %s', (line) => expect(parseSample(line)).toBeUndefined());

  it('comes back as it was written', () => {
    fc.assert(
      fc.property(samples, ({ name, labels, value }) => expect(parseSample(format(name, labels, value))).toEqual({ name, labels, value })),
    );
  });

  it('never throws, and never hangs, whatever the line', () => {
    fc.assert(fc.property(fc.string({ unit: 'binary', maxLength: 200 }), (line) => void parseSample(line)));
    fc.assert(fc.property(fc.stringMatching(/^[a{}="\\,\s\d]{0,200}$/), (line) => void parseSample(`a{${line}`)));
    parseSample(`a{${'x="1",'.repeat(20_000)}`);
  });
});

describe('picking lines', () => {
  const pick = (text: string, cuts: readonly number[], wanted: readonly string[]): LinePicker => {
    const picker = new LinePicker(wanted);
    let at = 0;
    for (const cut of [...cuts].sort((a, b) => a - b)) {
      picker.add(text.slice(at, cut));
      at = Math.max(at, cut);
    }
    picker.add(text.slice(at));
    return picker;
  };

  it('finds the same lines wherever a text is cut', () => {
    const lines = fc.array(fc.constantFrom('# TYPE up counter', 'up 1', 'up{a="1"} 2', 'upper{a="1"} 3', '', 'x up 1', 'down 1'), {
      maxLength: 20,
    });
    fc.assert(
      fc.property(lines, fc.array(fc.nat(300), { maxLength: 5 }), (all, cuts) => {
        const text = all.map((line) => `${line}\n`).join('');
        const picker = pick(
          text,
          cuts.filter((cut) => cut <= text.length),
          ['up'],
        );
        expect(picker.isWhole).toBe(true);
        expect([...picker.lines].sort()).toEqual(all.filter((line) => /^up[ {]/.test(line)).sort());
      }),
    );
  });

  it('sees where a text was cut short', () => {
    const picker = pick('up 1\nup{a="1"} 10', [], ['up']);
    expect(picker.isWhole).toBe(false);
    expect(picker.lines).toEqual(['up 1']);
  });
});
