import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { Harness } from './support/harness.js';

let rancher: Harness;
beforeEach(async () => {
  rancher = await Harness.start();
});
afterEach(async () => rancher.end());

describe('local Rancher', () => {
  it('ends with its containers, however often it is asked to', async () => {
    const id = await rancher.service('one');
    await rancher.untilState(`services/${id}`, 'active');
    await Promise.all([rancher.halt(), rancher.halt()]);
    expect(rancher.runtime.running.size).toBe(0);
    await expect(fetch(rancher.rancher.url)).rejects.toThrow();
  });

  it('rejects where its port is taken, and leaves nothing open', async () => {
    const port = Number(new URL(rancher.rancher.url).port);
    const other = Harness.start({ port });
    await expect(other).rejects.toThrow('EADDRINUSE');
  });

  it('takes its time for each answer where it is told to', async () => {
    const slow = await Harness.start({ answerMs: 60 });
    const startedAt = performance.now();
    const response = await fetch(`${slow.project}/stacks`);
    // A timer may fire up to a millisecond early.
    expect([response.status, performance.now() - startedAt >= 59]).toEqual([200, true]);
    await slow.end();
  });

  it.each(['HEAD', 'OPTIONS', 'PATCH'])('does not know %s', async (method) => {
    for (const address of [rancher.rancher.url, `${rancher.project}/stacks`]) expect((await fetch(address, { method })).status).toBe(405);
  });
});
