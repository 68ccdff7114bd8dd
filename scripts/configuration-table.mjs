#!/usr/bin/env node
// Writes the table in docs/configuration.md of the configuration from the keys that the command reads; with --check, only says whether it is up to date.
import { readFileSync, writeFileSync } from 'node:fs';
import { KEYS } from '../packages/mooring/dist/config/keys.js';

const DOCUMENT = new URL('../docs/configuration.md', import.meta.url);
const BEGIN = '<!-- configuration -->\n';
const END = '<!-- /configuration -->';

const cell = (text) => text.replaceAll('|', '\\|');
const rows = Object.entries(KEYS).map(([key, { default: value, usedBy, secret, help }]) => {
  const fallback = value === undefined ? '' : value === '' ? 'empty' : `\`${value}\``;
  return `| \`${key}\` | ${fallback} | ${usedBy.join(', ')} | ${cell(help)}${secret ? ' (secret)' : ''} |`;
});
const table = ['| key | default | used by | is |', '| --- | --- | --- | --- |', ...rows, ''].join('\n');

const document = readFileSync(DOCUMENT, 'utf8');
const begin = document.indexOf(BEGIN) + BEGIN.length;
const end = document.indexOf(END);
if (begin < BEGIN.length || end < begin) throw new Error(`docs/configuration.md lacks the line ${BEGIN.trim()} or ${END}`);
const wanted = document.slice(0, begin) + table + document.slice(end);

if (!process.argv.includes('--check')) writeFileSync(DOCUMENT, wanted);
else if (document !== wanted) {
  console.error('docs/configuration.md is not up to date: node scripts/configuration-table.mjs');
  process.exitCode = 1;
}
