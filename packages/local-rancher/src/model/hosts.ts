import { randomUUID } from 'node:crypto';
import type { Store } from '../store/store.js';
import { parseId } from './ids.js';
import type { HostRecord } from './records.js';

/** The first is called as it always was; others are made up beside it. */
const newHost = (id: number): HostRecord => ({
  kind: 'host',
  id,
  uuid: id === 1 ? 'local-host' : randomUUID(),
  name: id === 1 ? 'local' : `local-${id}`,
  state: 'active',
  agentState: null,
  createdTS: Date.now(),
  removedTS: null,
});

/** Sees to it that so many hosts were ever there: what was removed isn't made again. */
export const placeHosts = (store: Store, count: number): void => {
  while (store.hosts.lastId < count) store.put(newHost(store.hosts.nextId()));
};

/** @throws Error where there is no such host */
export const setAgentState = (store: Store, hostId: string, agentState: HostRecord['agentState']): void => {
  const host = store.hosts.get(parseId(hostId) ?? 0);
  if (!host || host.state === 'removed') throw new Error(`hostId: there is no host ${hostId}; GET hosts lists them`);
  store.put({ ...host, agentState });
};
