// Ends the output with the line that CI reads: "N passed, N failed", and ", N skipped" where there are any.
export default class Summary {
  onRunComplete(_contexts, results) {
    const failed = results.numFailedTests + results.numRuntimeErrorTestSuites;
    const skipped = results.numPendingTests ? `, ${results.numPendingTests} skipped` : '';
    process.on('exit', () => process.stdout.write(`${results.numPassedTests} passed, ${failed} failed${skipped}\n`));
  }
}
