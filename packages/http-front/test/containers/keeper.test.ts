import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { CacheEvent, Session } from '@mooring/resources';
import { quietLogger } from '../../../../leaks/quiet-logger.js';
import { Keeper, type KeeperOptions } from '../../src/containers/deliver/keeper.js';
import { CONTAINER_LABEL } from '../../src/containers/names.js';
import { readySession } from '../support/ready-session.js';
import { until } from '../support/until.js';

describe('a container whose script can not be had', () => {
  let there: Session[];
  let tell: (event: CacheEvent<'Session'>) => void;
  let refuse: ((error: Error) => void)[];
  let waits: Map<string, string>;
  let keeper: Keeper;
  const session = readySession('container-a');
  session.metadata.labels[CONTAINER_LABEL] = 'a';
  session.status.container = { id: '1i1', name: 'r-1', state: 'running' };
  const { uid } = session.metadata;

  beforeEach(async () => {
    [there, refuse, waits] = [[session], [], new Map()];
    const list = () => there;
    const subscribe = (listener: typeof tell) => {
      tell = listener;
      return () => undefined;
    };
    const sessions = { list, labelled: list, subscribe, byUid: (id: string) => there.find(({ metadata }) => metadata.uid === id) };
    const delivery = () => new Promise((_resolve, reject) => refuse.push(reject));
    const jobs = { ids: async () => [], delivery, remove: async () => undefined };
    const options = { sessions, jobs, waits, parts: {}, store: {}, now: () => 0, logger: quietLogger() };
    keeper = new Keeper(options as unknown as KeeperOptions);
    await keeper.start();
    await until(() => refuse.length > 0);
  });
  afterEach(() => keeper.close());

  const fail = () => {
    for (const each of refuse) each(new Error('not now'));
  };

  it('waits, and nothing is kept of that once it is deleted', async () => {
    fail();
    await until(() => waits.has(uid));
    there = [];
    tell({ type: 'DELETED', object: session });
    expect(waits.size).toBe(0);
  });

  it('leaves nothing where it is deleted meanwhile', async () => {
    there = [];
    tell({ type: 'DELETED', object: session });
    fail();
    await keeper.close();
    expect(waits.size).toBe(0);
  });
});
