import { AsyncLocalStorage } from 'node:async_hooks';

const requestIds = new AsyncLocalStorage<string>();

/** What Rancher is asked within `act`, and within what that starts, says in `X-Request-Id` for whom. */
export const onBehalfOf = <T>(requestId: string, act: () => T): T => requestIds.run(requestId, act);

/** The header where somebody's request is behind it; none otherwise. */
export function requestIdHeader(): Readonly<Record<string, string>> {
  const id = requestIds.getStore();
  return id === undefined ? {} : { 'X-Request-Id': id };
}
