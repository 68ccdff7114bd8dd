/** Passwords are checked one after the other, since each check takes memory and time on purpose; undefined where too many wait. */
export function oneAtATime(check: (user: string, password: string) => Promise<boolean>, maxWaiting = 32) {
  let waiting = 0;
  let last: Promise<unknown> = Promise.resolve();
  return async (user: string, password: string): Promise<boolean | undefined> => {
    if (waiting >= maxWaiting) return undefined;
    waiting += 1;
    const mine = last.then(() => check(user, password));
    last = mine.catch(() => undefined);
    try {
      return await mine;
    } finally {
      waiting -= 1;
    }
  };
}
