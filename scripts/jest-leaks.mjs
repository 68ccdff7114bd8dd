// Fails a run in which a secret that a test made is in a log (leaks/). Stands before the summary, which counts it as a failure.
import { findLeaks, readWatch } from '../leaks/find-leaks.mjs';

export default class Leaks {
  #error;

  onRunComplete(_contexts, results) {
    const folder = process.env.LEAK_WATCH;
    if (folder === undefined) return;
    const { secrets, logs } = readWatch(folder);
    const leaks = findLeaks(secrets, logs);
    const size = logs.reduce((sum, { text }) => sum + text.length, 0);
    process.stderr.write(`${secrets.length} secrets looked for in ${logs.length} logs of ${Math.round(size / 1024)} KiB\n`);
    if (leaks.length === 0) return;
    const said = leaks.map(({ from, place, line }) => `  ${place}: a secret of ${from}:\n    ${line}`);
    process.stderr.write(`Secrets are in the logs of this run:\n${said.join('\n')}\n`);
    results.numRuntimeErrorTestSuites += 1;
    this.#error = new Error(`${leaks.length} secret(s) in the logs`);
  }

  getLastError() {
    return this.#error;
  }
}
