import { readOptions, USAGE } from './options.js';
import { simulate } from './simulate.js';

try {
  process.exitCode = await simulate(readOptions(process.argv.slice(2)), (text) => void process.stdout.write(text));
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n${USAGE}\n`);
  process.exitCode = 2;
}
