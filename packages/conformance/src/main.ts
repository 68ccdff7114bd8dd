import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { readRecordings } from './exchange.js';
import { replay } from './replay.js';
import { report } from './report.js';

/** The recordings that come with a workplace, beside the checkout. */
const SHARED = fileURLToPath(new URL('../../../../shared/rancher-1.6/exchanges', import.meta.url));

const main = async (given: string | undefined): Promise<number> => {
  const folder = given === undefined ? SHARED : resolve(given);
  if (!existsSync(folder)) {
    process.stderr.write(`FOLDER: ${folder} is not there. Name a folder of recorded exchanges: npm run conformance -- FOLDER\n`);
    return 2;
  }
  const judged = await readRecordings(folder);
  const others = existsSync(SHARED) && folder !== SHARED ? await readRecordings(SHARED) : [];
  const verdicts = await replay({ judged, others });
  process.stdout.write(report(verdicts));
  return verdicts.some(({ verdict }) => verdict === 'failed') ? 1 : 0;
};

try {
  process.exitCode = await main(process.argv[2]);
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 2;
}
