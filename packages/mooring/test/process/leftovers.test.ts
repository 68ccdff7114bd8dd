import { randomUUID } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { endLeftovers } from '../../src/process/leftovers.js';
import { isAlive, lasting } from '../support/processes.js';
import { until } from '../support/until.js';

const marked = (installation: string, ignoresTerm = false) => lasting({ env: { MOORING_INSTALLATION: installation }, ignoresTerm });

describe('what an earlier run left behind', () => {
  it('is ended by its mark, and nobody else is', async () => {
    const [own, other] = [randomUUID(), randomUUID()];
    const [first, second, stranger, unmarked] = await Promise.all([marked(own), marked(own), marked(other), lasting()]);
    expect(await endLeftovers(own)).toBe(2);
    await until(() => first.child.signalCode === 'SIGTERM' && second.child.signalCode === 'SIGTERM');
    expect([stranger, unmarked].map(({ pid }) => isAlive(pid))).toEqual([true, true]);
    expect(await endLeftovers(own)).toBe(0);
  });

  it('is ended even if it does not listen', async () => {
    const installation = randomUUID();
    const { pid } = await marked(installation, true);
    expect(await endLeftovers(installation, 200)).toBe(1);
    expect(isAlive(pid)).toBe(false);
  });
});
