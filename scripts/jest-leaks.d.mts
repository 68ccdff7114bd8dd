declare const Leaks: new () => {
  onRunComplete(contexts: unknown, results: { numRuntimeErrorTestSuites: number }): void;
  getLastError(): Error | undefined;
};
export default Leaks;
