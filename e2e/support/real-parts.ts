import { it } from '@jest/globals';

type Test = typeof it;

/**
 * A test that needs a real part. Without the part it is a skip that names itself, but a failure where CI=true: what isn't there
 * there was forgotten.
 */
export function withPart(part: string, present: boolean): Test {
  if (present || process.env.CI === 'true') return it;
  const skip = (name: string): void => it.skip(`${name} (skipped: ${part} is not on this machine)`, () => undefined);
  return skip as unknown as Test;
}

/** For what is made ready for such tests: nothing without the part, but a failure that says so where CI=true. */
export function missing(part: string): void {
  if (process.env.CI === 'true') throw new Error(`${part} is not on this machine`);
}

/** A test that needs what no registry has: it runs where a variable names it, and is a skip that says so elsewhere. */
export function named(variable: string, value: string | undefined): Test {
  if (value !== undefined) return it;
  const skip = (name: string): void => it.skip(`${name} (skipped: ${variable} names none)`, () => undefined);
  return skip as unknown as Test;
}
