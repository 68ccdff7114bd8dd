import { AsyncLocalStorage } from 'node:async_hooks';
import { describe, expect, it } from '@jest/globals';
import type { ProjectClient } from '@mooring/rancher-client';
import { RancherGateway } from '../../src/sessions/rancher-gateway.js';

describe('calls to Rancher', () => {
  it('are 20 at a time, and each is made for whoever asked for it, also after a wait', async () => {
    const askedFor = new AsyncLocalStorage<string>();
    const madeFor = new Map<string, string | undefined>();
    let underWay = 0;
    let most = 0;
    const list = async ({ name }: { name: string }): Promise<never[]> => {
      madeFor.set(name, askedFor.getStore());
      underWay += 1;
      most = Math.max(most, underWay);
      await new Promise((resolve) => setImmediate(resolve));
      underWay -= 1;
      return [];
    };
    const gateway = new RancherGateway({ services: { list } } as unknown as ProjectClient, '1st5');
    const names = Array.from({ length: 50 }, (_, index) => `session-${index}`);
    await Promise.all(names.map((name) => askedFor.run(name, () => gateway.findByName(name))));
    expect(most).toBe(20);
    expect([...madeFor]).toEqual(names.map((name) => [name, name]));
  });
});
