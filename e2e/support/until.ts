export interface UntilOptions {
  withinMs?: number;
  everyMs?: number;
  /** What is waited for, for the error. */
  what?: () => string;
}

type Truthy<T> = Exclude<NonNullable<T>, false | '' | 0>;

/** Waits for a condition; what it throws ends the waiting. Answers the first truthy value. */
export async function until<T>(
  condition: () => T | Promise<T>,
  { withinMs = 30_000, everyMs = 20, what = () => 'the condition' }: UntilOptions = {},
): Promise<Truthy<T>> {
  for (const end = Date.now() + withinMs; ; ) {
    const value = await condition();
    if (value) return value as Truthy<T>;
    if (Date.now() > end) throw new Error(`waited ${withinMs} ms in vain for ${what()}`);
    await new Promise((resolve) => setTimeout(resolve, everyMs));
  }
}
