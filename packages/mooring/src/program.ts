import { Command, CommanderError } from 'commander';
import { showConfig } from './commands/config.js';
import type { DomainsOptions } from './commands/domains.js';
import { ConfigError } from './config/config.js';
import { UnknownSessionError } from './explain/errors.js';
import type { Terminal } from './terminal.js';
import { VERSION } from './version.js';

/** 0 done, or stopped as asked; 1 it failed; 2 the configuration or the command line is wrong, a session that there isn't included. */
export type ExitCode = 0 | 1 | 2;

/** What start and serve stand on takes a while to load, and is loaded by them only. */
function commands(terminal: Terminal): Command {
  const program = new Command('mooring')
    .description(
      'Keeps a notebook server for every signed-in person: Rancher 1.6 services and Traefik routes. Environment variables configure it.',
    )
    .version(VERSION)
    .exitOverride()
    .configureOutput({ writeOut: terminal.out, writeErr: terminal.err })
    .showHelpAfterError('(mooring --help says what there is)');
  program
    .command('start')
    .description('run everything on this machine: local Rancher, Traefik, controller and front')
    .action(async () => (await import('./commands/start.js')).start(terminal));
  program
    .command('serve')
    .description('run controller and front against a real Rancher')
    .option('--spawner-flags <flags>', "ContainerDirectRouting's flags, as one text; the environment goes before them")
    .action(async (options: { spawnerFlags?: string }) => (await import('./commands/serve.js')).serve(terminal, options));
  program
    .command('plan')
    .description('tell what the controller would do now and why, without doing it; with the environment of serve, or beside start')
    .option('--json', 'as JSON', false)
    .option('--local', "look at start's local Rancher, though rancher_url is set", false)
    .action(async (options: { json: boolean; local: boolean }) => (await import('./commands/plan.js')).plan(terminal, options));
  program
    .command('explain')
    .argument('<session>', 'its name, such as narrative-alice-522b27')
    .description('tell why a session is in the state that it is in; with the environment of serve, or beside start')
    .option('--json', 'as JSON', false)
    .option('--local', "look at start's Mooring, though rancher_url is set", false)
    .action(async (session: string, options: { json: boolean; local: boolean }) =>
      (await import('./commands/explain.js')).explainSession(terminal, session, options),
    );
  program
    .command('import')
    .description("take over the sessions that narrative-traefiker left; with the environment of serve, while serve doesn't run")
    .option('--dry-run', 'only tell what it would do', false)
    .option('--json', 'as JSON', false)
    .action(async (options: { dryRun: boolean; json: boolean }) =>
      (await import('./commands/import.js')).importSessions(terminal, options),
    );
  program
    .command('hash-password')
    .description('print the hash of the password on stdin, for MOORING_DIRECT_USERS_FILE and ADMINHASH')
    .action(async () => (await import('./commands/hash-password.js')).printHash(terminal));
  program
    .command('domains')
    .description("give every stack its host name: write HAProxy's domain map and backends from Rancher's metadata, again at every change")
    .option('--metadata <url>', "Rancher's metadata service; http://<RANCHER_API_HOST> where it is not given")
    .option('--domain <tld>', "what follows a stack's name in its domain; STACK_DOMAIN where it is not given")
    .option('--out <folder>', 'where domain.map and haproxy-backends.cfg are written')
    .option('--once', 'write them once and show the table; only show it where no place to write is set', false)
    .option('--haproxy', 'have HAProxy check what is written, and, without --once, run it', false)
    .option('--json', 'with --once: the table as JSON', false)
    .action(async (options: DomainsOptions) => (await import('./commands/domains.js')).domains(terminal, options));
  program
    .command('doctor')
    .description(
      'check the site: Rancher, Traefik, the identity provider, this machine; each finding with its cure; with the environment of serve',
    )
    .option('--json', 'as JSON', false)
    .action(async (options: { json: boolean }) => (await import('./commands/doctor.js')).doctor(terminal, options));
  program
    .command('backup')
    .argument('<folder>', "where the copy goes; it isn't there yet, or empty")
    .description('copy the data folder, while Mooring runs on it or not')
    .action(async (folder: string) => (await import('./commands/backup.js')).backup(terminal, folder));
  program
    .command('config')
    .description('print the effective configuration and where each value is from, secrets cut out')
    .option('--json', 'as JSON', false)
    .action((options: { json: boolean }) => showConfig(terminal, options));
  return program;
}

function explain(error: unknown, { err }: Terminal): ExitCode {
  // Commander has said it already; help that was asked for is no error.
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
  if (error instanceof ConfigError) {
    err(`The configuration is wrong:\n${error.message.replaceAll(/^/gm, '  ')}\n`);
    return 2;
  }
  err(`mooring: ${error instanceof Error ? error.message : String(error)}\n`);
  return error instanceof UnknownSessionError ? 2 : 1;
}

/** Runs the command line; `args` are the words behind the program's name. */
export async function runProgram(args: readonly string[], terminal: Terminal): Promise<ExitCode> {
  try {
    await commands(terminal).parseAsync(args, { from: 'user' });
    return 0;
  } catch (error) {
    return explain(error, terminal);
  }
}
