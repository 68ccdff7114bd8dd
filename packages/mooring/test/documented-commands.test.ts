import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from '@jest/globals';
import { KEY_NAMES } from '../src/config/keys.js';
import { runProgram } from '../src/program.js';

const ROOT = fileURLToPath(new URL('../../../', import.meta.url));
const DOCUMENTS = [
  'README.md',
  'CONTRIBUTING.md',
  ...readdirSync(join(ROOT, 'docs'))
    .filter((name) => name.endsWith('.md'))
    .map((name) => `docs/${name}`),
];
const read = (name: string): string => readFileSync(join(ROOT, name), 'utf8');

/** The commands of `mooring` that a document names, in code. */
const commandsIn = (text: string): string[] =>
  [...text.matchAll(/(?:`|^\s*)mooring ([a-z]+(?: [^`\n]*)?)(?:`|$)/gm)].map(([, words = '']) => words);

/** A heading's anchor, as GitHub makes it. */
const anchorsIn = (text: string): string[] =>
  [...text.matchAll(/^#+ (.*)$/gm)].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N} _-]/gu, '')
      .replaceAll(' ', '-'),
  );

async function help(command: string): Promise<string> {
  let said = '';
  const out = (text: string): void => {
    said += text;
  };
  expect([command, await runProgram([command, '--help'], { environment: {}, machine: 'm', out, err: out })]).toEqual([command, 0]);
  return said;
}

it('looks at what the documents name', () => {
  const all = DOCUMENTS.map(read).join('\n');
  const named = new Set(commandsIn(all).map((words) => words.split(' ')[0]));
  for (const command of ['backup', 'config', 'doctor', 'explain', 'import', 'plan', 'serve', 'start']) expect(named).toContain(command);
});

it('names every benchmark', () => {
  const [, listed = ''] = /const BENCHMARKS = \{([^}]*)\}/.exec(read('bench/main.mjs')) ?? [];
  const names = [...listed.matchAll(/'([a-z-]+)':|^ {2}([a-z]+),/gm)].map(([, quoted, plain]) => quoted ?? plain);
  const [paragraph = ''] = /^`npm run bench` runs all [\s\S]*?\. The figures/m.exec(read('docs/performance.md')) ?? [];
  expect([...paragraph.matchAll(/`([a-z-]+)`/g)].map(([, name]) => name)).toEqual(names);
});

describe.each(DOCUMENTS)('%s', (name) => {
  const text = read(name);

  it('names commands and options that there are', async () => {
    for (const words of commandsIn(text)) {
      const [command = '', ...rest] = words.split(' ');
      const known = await help(command);
      for (const option of rest.filter((word) => word.startsWith('--'))) expect([words, known.includes(option)]).toEqual([words, true]);
    }
  });

  it('names npm scripts and files that there are', () => {
    const { scripts } = JSON.parse(read('package.json')) as { scripts: Record<string, string> };
    for (const [, script = ''] of text.matchAll(
      /npm (?:run )?(?:--silent )?(start|test|bench|lint|format|simulate|conformance|mooring)\b/g,
    ))
      expect(scripts).toHaveProperty(script);
    for (const [, file = ''] of text.matchAll(
      /(?:`|node )((?:deploy|scripts|bench|e2e)\/[\w./-]+\.(?:mjs|sh|ts|json|ya?ml|timer|service))\b/g,
    ))
      expect([file, existsSync(join(ROOT, file))]).toEqual([file, true]);
  });

  it('leads to pages and headings that there are', () => {
    for (const [, target = ''] of text.matchAll(/\]\((?!https?:)([^)\s]+)\)/g)) {
      const [path = '', anchor] = target.split('#');
      const file = path === '' ? name : join(dirname(name), path);
      expect([target, existsSync(join(ROOT, file))]).toEqual([target, true]);
      if (anchor !== undefined) expect([target, anchorsIn(read(file)).includes(anchor)]).toEqual([target, true]);
    }
  });

  it('names keys of the configuration that there are', () => {
    const named = [...text.matchAll(/`(MOORING_[A-Z_]+)\b(?!\*)/g)].map(([, key = '']) => key).filter((key) => !key.endsWith('_'));
    expect(named.filter((key) => !(KEY_NAMES as string[]).includes(key))).toEqual([]);
  });
});
