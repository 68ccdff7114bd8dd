#!/usr/bin/env node
// Writes README's table of the configuration from the keys that the command reads; with --check, only says whether it is up to date.
import { readFileSync, writeFileSync } from 'node:fs';
import { KEYS } from '../packages/mooring/dist/config/keys.js';

const README = new URL('../README.md', import.meta.url);
const BEGIN = '<!-- configuration -->\n';
const END = '<!-- /configuration -->';

const cell = (text) => text.replaceAll('|', '\\|');
const rows = Object.entries(KEYS).map(([key, { default: value, usedBy, secret, help }]) => {
  const fallback = value === undefined ? '' : value === '' ? 'empty' : `\`${value}\``;
  return `| \`${key}\` | ${fallback} | ${usedBy.join(', ')} | ${cell(help)}${secret ? ' (secret)' : ''} |`;
});
const table = ['| key | default | used by | is |', '| --- | --- | --- | --- |', ...rows, ''].join('\n');

const readme = readFileSync(README, 'utf8');
const begin = readme.indexOf(BEGIN) + BEGIN.length;
const end = readme.indexOf(END);
if (begin < BEGIN.length || end < begin) throw new Error(`README.md lacks the line ${BEGIN.trim()} or ${END}`);
const wanted = readme.slice(0, begin) + table + readme.slice(end);

if (!process.argv.includes('--check')) writeFileSync(README, wanted);
else if (readme !== wanted) {
  console.error("README.md's table of the configuration is not up to date: node scripts/configuration-table.mjs");
  process.exitCode = 1;
}
