import { runTool, ToolError, type ToolOptions } from '../process/tool.js';

export const PYTHON = 'python3';

/** Runs python3; pip's own settings (mirrors, certificates) come with the environment. */
export const runPython = (args: readonly string[], options: ToolOptions): Promise<string[]> => runTool(PYTHON, args, options);

/** An error's sentence, followed by the last lines of the program that failed. */
export function explain(error: unknown): string {
  if (error instanceof ToolError) return [error.message, ...error.lines.map((line) => `    ${line}`)].join('\n');
  return error instanceof Error ? error.message : String(error);
}
