#!/usr/bin/env node
// Writes the table of docs/metrics.md from what /metrics of a running Mooring says: node scripts/metrics-table.mjs FILE ... (start's and serve's).
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const DOCUMENT = new URL('../docs/metrics.md', import.meta.url);
const BEGIN = '<!-- metrics -->\n';
const END = '<!-- /metrics -->';
const DEFAULTS = /^(process|nodejs)_/;
const SUFFIX = /_(bucket|sum|count)$/;

function addSample(families, line) {
  const [, sample = '', labels = ''] = /^([a-zA-Z_:][\w:]*)(?:\{(.*)\})? /.exec(line) ?? [];
  const family = families.get(sample) ?? families.get(sample.replace(SUFFIX, ''));
  for (const [, label] of labels.matchAll(/(\w+)="/g)) if (label !== 'le' && label !== 'quantile') family?.labels.add(label);
}

/** The families that metrics in Prometheus' text format tell of, by name: {type, help, labels}. */
export function familiesIn(text) {
  const families = new Map();
  for (const line of text.split('\n')) {
    const [, kind, name = '', rest = ''] = /^# (HELP|TYPE) (\S+) (.*)$/.exec(line) ?? [];
    if (kind !== undefined) families.set(name, { labels: new Set(), ...families.get(name), [kind === 'HELP' ? 'help' : 'type']: rest });
    else if (line !== '') addSample(families, line);
  }
  return families;
}

/** The rows of the table by metric; what Node and the process tell of themselves is left out. */
export function rowsOf(texts) {
  const all = new Map();
  for (const text of texts)
    for (const [name, { type, help, labels }] of familiesIn(text)) {
      const known = [...(all.get(name)?.labels ?? []), ...labels];
      if (!DEFAULTS.test(name)) all.set(name, { type, help, labels: new Set(known) });
    }
  return new Map(
    [...all.entries()]
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([name, { type, help, labels }]) => {
        const named = [...labels].sort().map((label) => `\`${label}\``);
        return [name, `| \`${name}\` | ${type} | ${named.join(', ')} | ${help.replaceAll('|', '\\|').replaceAll('<', '&lt;')} |`];
      }),
  );
}

/** The rows that docs/metrics.md has, by metric. */
export function documentedRows() {
  const document = readFileSync(DOCUMENT, 'utf8');
  const table = document.slice(document.indexOf(BEGIN) + BEGIN.length, document.indexOf(END));
  return new Map([...table.matchAll(/^\| `(\w+)`.*\|$/gm)].map(([row, name]) => [name, row]));
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const document = readFileSync(DOCUMENT, 'utf8');
  const rows = rowsOf(process.argv.slice(2).map((file) => readFileSync(file, 'utf8')));
  const table = ['| metric | type | labels | is |', '| --- | --- | --- | --- |', ...rows.values(), ''].join('\n');
  writeFileSync(DOCUMENT, document.slice(0, document.indexOf(BEGIN) + BEGIN.length) + table + document.slice(document.indexOf(END)));
}
