import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { mkdtemp, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { noteSecret } from '../leaks/watch.js';
import { ROOT } from './support/command.js';
import { commandsOf, DOCUMENTS, type Documented, isShown } from './support/documented.js';
import { type RunningMooring, startMooring } from './support/mooring.js';
import { Person } from './support/person.js';
import { withPart } from './support/real-parts.js';
import { until } from './support/until.js';

/** Whose examples are typed here, in their order, beside a `mooring start`. */
const TYPED_HERE = ['README.md', 'docs/api.md', 'docs/containers.md'];
const isTypedHere = ({ document, command }: Documented): boolean =>
  TYPED_HERE.includes(document) && /^(curl |[A-Z]+=|printf )/.test(command);

/** Those that need nothing but a running `start`; typed here, too. */
const LOOKS = ['mooring plan', 'mooring config', 'mooring explain <session>', 'mooring explain', 'mooring hash-password'];
const BY_NPM = 'npm run --silent mooring -- <command>';

/** Which test runs the others, and a word of it that it does; or why none does. */
const ELSEWHERE: readonly [command: RegExp, test: string, words: string][] = [
  [/^npm start$|^mooring start$/, 'e2e/lifecycle.test.ts', "by: 'npm'"],
  [/^npm test/, 'this is it', ''],
  [/^node scripts\/setup\.mjs$/, 'e2e/setup.test.ts', "'setup.mjs'"],
  [/^npm run (lint|format)$/, 'it is run before each change; its checks would double the time of the tests', ''],
  [/^node scripts\/(configuration-table|deploy-files)\.mjs$/, 'scripts/lint.mjs', "'--check'"],
  [/^node scripts\/metrics-table\.mjs$/, 'e2e/alerts.test.ts', 'documentedRows'],
  [/^npm run test:images$/, 'e2e/images-whole.test.ts', 'Images.build'],
  [/^node scripts\/(images|debian-base)\.mjs/, 'e2e/support/images.ts', "'images.mjs'"],
  [/^npm run bench/, 'it measures, and measures wrong beside tests; its parts have tests in bench/', ''],
  [/^npm run simulate/, 'packages/simulation/test/simulation.test.ts', 'seed'],
  [/^npm run conformance/, 'packages/conformance/test/replay.test.ts', ''],
  [/^npm run --silent mooring -- domains /, 'e2e/domains-tls.test.ts', '--once'],
  [/^mooring domains/, 'e2e/domains.test.ts', "'--haproxy'"],
  [/^mooring serve$/, 'e2e/serve.test.ts', 'operator.serve'],
  [/^mooring serve --spawner-flags/, 'packages/mooring/test/config/spawner-flags.test.ts', 'use-path-routing'],
  [/^mooring import/, 'e2e/move.test.ts', "mooring('import', '--dry-run')"],
  [/^mooring (doctor|backup .*)$/, 'e2e/doctor.test.ts', "['backup', into]"],
  [/^promtool check metrics$/, 'e2e/alerts.test.ts', "['check', 'metrics']"],
  [/^curl .*\/narrative_shutdown\/$/, 'e2e/serve-labels.test.ts', 'narrative_shutdown'],
  [/^curl .*\/upgrade /, 'e2e/rollout.test.ts', '/upgrade'],
  [/^docker run .*satellite\/dist\/main\.js$/, 'e2e/image.test.ts', "'packages/satellite/dist/main.js'"],
  [/^curl <rancher_url>$/, 'it asks the Rancher of a site', ''],
];

const all = DOCUMENTS.flatMap(commandsOf);

it('every command of the documents is run by a test, or says why not', () => {
  expect(all.length).toBeGreaterThan(50);
  const others = all.filter((found) => !isTypedHere(found) && ![...LOOKS, BY_NPM].includes(found.command));
  const unknown = others.filter(({ command }) => !ELSEWHERE.some(([pattern]) => pattern.test(command)));
  expect(unknown.map(({ document, command }) => `${document}: ${command}`)).toEqual([]);
  for (const [pattern, test, words] of ELSEWHERE) {
    expect([pattern, others.some(({ command }) => pattern.test(command))]).toEqual([pattern, true]);
    if (!/\.m?[jt]s$/.test(test)) continue;
    expect([test, existsSync(join(ROOT, test)) && readFileSync(join(ROOT, test), 'utf8').includes(words)]).toEqual([test, true]);
  }
});

const has = (program: string): boolean => spawnSync('sh', ['-c', `command -v ${program}`]).status === 0;
const itTypes = withPart('curl and jq', has('curl') && has('jq'));

describe('the examples, typed beside a mooring start', () => {
  let mooring: RunningMooring;
  let folder: string;
  /** What a shell remembers. */
  const variables: Record<string, string> = {};

  beforeAll(async () => {
    mooring = await startMooring();
    folder = await mkdtemp(join(tmpdir(), 'mooring-typed-'));
    await symlink(mooring.data, join(folder, '.mooring'));
  }, 120_000);
  afterAll(async () => {
    await mooring?.dispose();
    if (folder) await rm(folder, { recursive: true, force: true });
  }, 30_000);

  function type(command: string): { status: number | null; output: string } {
    const typed = command.replaceAll(/127\.0\.0\.1:80(8\d)\b/g, (_, port: string) => `127.0.0.1:${mooring.base + Number(port) - 80}`);
    const [, name] = /^([A-Z]+)=/.exec(typed) ?? [];
    const script = name === undefined ? typed : `${typed}; printf %s "$${name}"`;
    const env = { PATH: process.env.PATH, ...variables };
    const { status, stdout, stderr } = spawnSync('bash', ['-c', script], {
      cwd: folder,
      env,
      encoding: 'utf8',
      timeout: 20_000,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    if (name !== undefined) {
      variables[name] = stdout;
      if (name === 'TOKEN') noteSecret(stdout);
    }
    return { status, output: stdout + stderr };
  }

  /** Once where something is sent; again and again where the document shows what is there a moment later. */
  async function typeAll(document: string): Promise<void> {
    for (const { command, shows } of all.filter((found) => found.document === document && isTypedHere(found))) {
      let { status, output } = type(command);
      const sends = /^[A-Z]+=|\s-(d|F|X)\s/.test(command);
      await until(
        () => {
          if (isShown(output, shows) && status === 0) return true;
          if (!sends) ({ status, output } = type(command));
          return false;
        },
        { withinMs: 20_000, what: () => `${command} to show ${shows.join(' / ')}; it says ${output}` },
      );
    }
  }

  itTypes('of README.md show what it says', () => typeAll('README.md'), 60_000);

  itTypes(
    'of docs/api.md show what it says',
    async () => {
      const alice = new Person(mooring.origin, 'alice');
      await alice.signIn();
      // As README.md left it; the examples begin without a session.
      await alice.ask('/api/v1/sessions/narrative-alice-522b27', { method: 'DELETE' });
      await until(async () => (await alice.ask('/api/v1/sessions/narrative-alice-522b27')).status === 404, { withinMs: 20_000 });
      variables.TOKEN = alice.cookies.get('kbase_session') as string;
      await typeAll('docs/api.md');
    },
    60_000,
  );

  itTypes('of docs/containers.md show what it says', () => typeAll('docs/containers.md'), 60_000);

  const look = (command: string, args: string[]): string => {
    const env = { PATH: process.env.PATH, HOME: process.env.HOME, MOORING_DATA: mooring.data, MOORING_PORT_BASE: String(mooring.base) };
    const { status, stdout, stderr } = spawnSync(command, args, {
      cwd: ROOT,
      env,
      encoding: 'utf8',
      input: 'a password\n',
      timeout: 60_000,
    });
    expect([args, status, stderr]).toEqual([args, 0, '']);
    return stdout;
  };

  it.each(LOOKS.filter((command) => command !== 'mooring explain'))(
    '%s',
    (command) => {
      const [, ...args] = command.replace('<session>', 'narrative-alice-522b27').split(' ');
      expect(look(process.execPath, [join(ROOT, 'packages/mooring/dist/main.js'), ...args])).not.toBe('');
    },
    20_000,
  );

  it(BY_NPM, () => {
    const [command = '', ...args] = BY_NPM.replace('<command>', 'hash-password').split(' ');
    expect(look(command, args)).toMatch(/^\S{40,}\n$/);
  }, 60_000);
});
