import { readSnapshot, type Snapshot, UnusableError } from '@mooring/resources';
import { readConfig } from '../config/config.js';
import { dataPaths } from '../data/data-folder.js';
import { type Asked, askRunning } from '../explain/ask.js';
import { CannotExplainError, UnknownSessionError } from '../explain/errors.js';
import type { Answer, Explanation } from '../explain/explanation.js';
import { formatAnswer, jsonOf } from '../explain/format.js';
import { explainFromStore, sessionsOf } from '../explain/from-store.js';
import { internalUrl } from '../explain/internal-url.js';
import { holderOf } from '../process/claim.js';
import type { Terminal } from '../terminal.js';

interface ExplainOptions {
  json: boolean;
  local: boolean;
}

/**
 * Tells why a session is in the state that it is in: as the running Mooring knows it, or else as its store does. Nothing is written.
 *
 * @throws ConfigError, UnknownSessionError, CannotExplainError
 */
export async function explainSession(terminal: Terminal, session: string, { json, local }: ExplainOptions): Promise<void> {
  const { environment, machine, out } = terminal;
  const { path: folder, database, lock } = dataPaths(readConfig(environment, machine).settings.MOORING_DATA);
  const holder = await holderOf(lock);
  const asked: Asked =
    holder === undefined
      ? { kind: 'silent', why: 'no Mooring runs on it' }
      : await askRunning(await internalUrl({ environment, machine, folder, holder, local }), session);
  const found = asked.kind === 'told' ? live(asked.explanation) : await recorded(session, database, asked);
  const answer: Answer = { at: new Date().toISOString(), ...found };
  out(json ? jsonOf(answer) : formatAnswer(answer));
}

const live = (explanation: Explanation): Omit<Answer, 'at'> => ({ from: { kind: 'running' }, explanation });

async function recorded(session: string, database: string, asked: Exclude<Asked, { kind: 'told' }>): Promise<Omit<Answer, 'at'>> {
  const snapshot = await readStore(database);
  const explanation = explainFromStore(snapshot, session, Date.now());
  if (explanation === undefined) throw new UnknownSessionError(unknown(session, sessionsOf(snapshot, session), database));
  return { from: { kind: 'store', path: database, why: asked.kind === 'silent' ? asked.why : 'it is gone' }, explanation };
}

function unknown(session: string, theirs: readonly string[], database: string): string {
  const cure = theirs.length > 0 ? `The sessions of ${session} are: ${theirs.join(', ')}.` : 'mooring plan lists those that there are.';
  return `There is no session ${JSON.stringify(session)} in ${database}, and no Event tells of one. ${cure}`;
}

async function readStore(database: string): Promise<Snapshot> {
  try {
    return await readSnapshot(database);
  } catch (error) {
    if (!(error instanceof UnusableError)) throw error;
    throw new CannotExplainError(`${error.message} Run mooring serve or start on that data folder first, or set MOORING_DATA to theirs.`, {
      cause: error,
    });
  }
}
