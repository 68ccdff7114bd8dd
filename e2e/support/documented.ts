import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from './command.js';

/** A command as a document has it, and what the document shows of its output. */
export interface Documented {
  document: string;
  command: string;
  /** Lines, with … for what is left out. */
  shows: string[];
}

export const DOCUMENTS = [
  'README.md',
  'CONTRIBUTING.md',
  ...readdirSync(join(ROOT, 'docs'))
    .filter((name) => name.endsWith('.md'))
    .map((name) => `docs/${name}`),
];
const BLOCK = /^ *```\w*\n([\s\S]*?)^ *```$/gm;
/** What a reader would type, and not a file or an image. */
const TYPED = /^(npm (start|test|run)|node scripts\/|curl |docker |mooring [a-z]|promtool )/;

/** Commands that go on after a backslash, or a pipe, are one. */
function* typedIn(block: string): Iterable<{ command: string; shows: string[] }> {
  let last: { command: string; shows: string[] } | undefined;
  for (const line of block
    .replaceAll(/\\\n\s*/g, '')
    .replaceAll(/ \|\n\s*/g, ' | ')
    .split('\n')) {
    const text = line.trim();
    const command = text.startsWith('$ ') ? text.slice(2) : TYPED.test(text) ? text : undefined;
    if (command !== undefined) {
      if (last) yield last;
      last = { command, shows: [] };
    } else if (text !== '') last?.shows.push(text);
  }
  if (last) yield last;
}

/** All commands of a document: in its blocks, and in its lines. */
export function commandsOf(document: string): Documented[] {
  const text = readFileSync(join(ROOT, document), 'utf8');
  const blocks = [...text.matchAll(BLOCK)].flatMap(([, block = '']) => [...typedIn(block)]);
  const inline = [...text.replaceAll(BLOCK, '').matchAll(/`([^`\n]+)`/g)].flatMap(([, command = '']) =>
    TYPED.test(command) ? [{ command, shows: [] }] : [],
  );
  return [...blocks, ...inline].map((found) => ({ document, ...found }));
}

const escaped = (text: string): string => text.replaceAll(/[.*+?^${}()|[\]\\/]/g, '\\$&');

/** Whether an output has the lines that a document shows, one after the other; numbers and hexadecimal digits may be others. */
export function isShown(output: string, shows: readonly string[]): boolean {
  const lines = shows.map((line) =>
    escaped(line)
      .replaceAll(/,? ?…/g, '.*')
      .replaceAll(/\b[0-9]+\b/g, '[0-9]+'),
  );
  return new RegExp(lines.join('[\\s\\S]*')).test(output);
}
