import { afterEach, beforeEach, expect, it } from '@jest/globals';
import type { Service } from '@mooring/rancher-client';
import { isFinished, type Store } from '@mooring/resources';
import { until } from '../support/until.js';
import { type Around, launchOf, RolloutSite } from './site.js';

/** A process that dies at one of its calls, before it is done or after, and does nothing from then on. */
class Mortal {
  calls = 0;
  dead = false;

  constructor(
    private readonly at: number,
    private readonly done: boolean,
  ) {}

  readonly around: Around = async (_name, call) => {
    if (this.dead) throw new Error('dead');
    const dies = this.calls === this.at;
    this.calls += 1;
    if (!dies) return call();
    if (this.done) await call();
    this.dead = true;
    throw new Error('killed');
  };

  /** A store whose writes of Rollouts count, too. */
  store(store: Store): Store {
    const updateStatus: Store['updateStatus'] = (kind, object) => this.around('updateStatus', () => store.updateStatus(kind, object));
    return new Proxy(store, {
      get: (target, name) => {
        if (name === 'updateStatus') return updateStatus;
        const value = Reflect.get(target, name, target) as unknown;
        return typeof value === 'function' ? value.bind(target) : value;
      },
    });
  }
}

let site: RolloutSite;
let before: Service;
beforeEach(async () => {
  site = await RolloutSite.open();
  before = await site.service('web');
});
afterEach(async () => site.close());

/** Lives until it has died, or all was done; answers whether it died. */
async function live(mortal: Mortal): Promise<boolean> {
  await site.start({ around: mortal.around, store: mortal.store(site.store) });
  await until(async () => {
    const rollout = await site.store.get('Rollout', 'push');
    return mortal.dead || (rollout !== undefined && isFinished(rollout));
  });
  await site.stop();
  return mortal.dead;
}

it.each([
  ['before', false],
  ['after', true],
] as const)(
  'a rollout goes on after a crash at each of its calls (%s it is done), and upgrades once',
  async (_when, done) => {
    let version = 1;
    for (let at = 0; ; at++) {
      version += 1;
      const image = `acme/web:${version}.0`;
      site.taken.length = 0;
      await site.push(image);
      const died = await live(new Mortal(at, done));
      await site.start();
      const { status } = await site.finished();
      await site.stop();
      expect({ at, phases: status.services.map(({ phase }) => phase) }).toEqual({ at, phases: ['Upgraded'] });
      const after = await site.state(before.id, 'active');
      expect(launchOf(after)).toEqual({ ...launchOf(before), imageUuid: `docker:${image}` });
      expect({ at, upgrades: site.taken.filter((action) => action === 'upgrade').length }).toEqual({ at, upgrades: 1 });
      await site.store.delete('Rollout', 'push');
      if (!died) break;
      expect(at).toBeLessThan(40);
    }
    expect(version).toBeGreaterThan(8);
  },
  60_000,
);

it('a rollback goes on after a crash at each of its calls', async () => {
  site.breaks = /:2\.0/;
  for (let at = 3; ; at++) {
    site.taken.length = 0;
    await site.push('acme/web:2.0', { onFailure: 'rollback', timeoutSeconds: 1 });
    const died = await live(new Mortal(at, at % 2 === 0));
    await site.start();
    const { status } = await site.finished();
    await site.stop();
    expect({ at, phases: status.services.map(({ phase }) => phase) }).toEqual({ at, phases: ['RolledBack'] });
    expect((await site.state(before.id, 'active')).launchConfig).toEqual(before.launchConfig);
    await site.store.delete('Rollout', 'push');
    if (!died) break;
    expect(at).toBeLessThan(40);
  }
}, 60_000);
