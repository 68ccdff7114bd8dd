import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { newVersionOf, type Session } from '@mooring/resources';
import { active, quiet } from '../activity/sample.js';
import { FakeSource } from '../support/fake-source.js';
import { NAME, Site } from '../support/site.js';
import { SECRET } from './sample.js';

const POLICY = { updateAfterSeconds: 300 };

describe('a new version of a session’s template', () => {
  let site: Site;
  let jupyter: FakeSource;

  beforeEach(async () => {
    site = new Site();
    jupyter = new FakeSource('jupyter', 'cheap', quiet(0));
    site.sources = [jupyter];
    await site.open();
    await site.start();
    await site.createFromTemplate(POLICY);
    await site.ready();
    await site.controller.reap();
  });

  afterEach(async () => {
    await site.stop();
    await site.close();
  });

  const later = async (seconds: number) => {
    site.clock.moveOn(seconds);
    return site.controller.reap();
  };
  const seesVersion = () => site.until(() => site.condition('UpToDate') === 'False NewVersion');
  const upgrades = () => site.rancher.calls.filter((call) => /upgrade|rollback/.test(call));
  const ask = () =>
    site.change((session) => {
      const version = newVersionOf(session, template);
      if (version) session.spec.update = { by: 'Asked', ...version };
    });
  let template: Parameters<typeof newVersionOf>[1];
  const publish = async (tag: string) => {
    await site.publish(tag);
    template = await site.store.get('SessionTemplate', 'narrative');
    await seesVersion();
  };
  const image = () => site.sessions.get(NAME)?.spec.launch.image;
  const launchConfig = () => [...site.rancher.services.values()][0]?.launchConfig;
  const reasons = async () => (await site.events()).map(({ reason }) => reason);

  it('leaves who works alone, and comes when nobody was seen for long enough; cookie, environment and volume stay', async () => {
    const before = launchConfig();
    jupyter.says = () => active(site.clock.now());
    await publish('2');
    await later(400);
    await later(400);
    expect(upgrades()).toEqual([]);
    expect(site.condition('Ready')).toBe('True Ready');
    jupyter.says = () => quiet(0);
    await later(100);
    expect(upgrades()).toEqual([]);
    let routeWasGone = false;
    jupyter.says = () => {
      routeWasGone ||= !site.document?.includes(SECRET);
      return quiet(0);
    };
    await later(300);
    await site.until(() => site.condition('UpToDate') === 'True Updated' && site.condition('Ready') === 'True Ready');
    await site.until(() => upgrades().length === 2);
    expect(upgrades()).toEqual(['upgrade 1s1', 'finishupgrade 1s1']);
    expect(routeWasGone).toBe(true);
    expect(image()).toBe('mooring/demo:2');
    const after = launchConfig();
    expect(after?.imageUuid).toBe('docker:mooring/demo:2');
    expect([after?.environment, after?.dataVolumes, after?.labels?.session_id]).toEqual([
      before?.environment,
      before?.dataVolumes,
      before?.labels?.session_id,
    ]);
    expect(after?.dataVolumes).toEqual([`work-${NAME}:/work`]);
    expect(await reasons()).toEqual(['UpdateBegun', 'Updated']);
    const explanation = await site.controller.explain(NAME);
    expect(explanation?.conditions).toContainEqual(
      expect.objectContaining({ type: 'UpToDate', message: expect.stringContaining('mooring/demo:2') }),
    );
  });

  it('is put off where the last question finds somebody', async () => {
    await publish('2');
    jupyter.says = () => (site.sessions.get(NAME)?.spec.update === undefined ? quiet(0) : active(site.clock.now()));
    await later(300);
    await site.until(async () => (await reasons()).includes('UpdatePutOff'));
    await site.until(() => site.condition('UpToDate') === 'False NewVersion' && site.condition('Ready') === 'True Ready');
    expect(upgrades()).toEqual([]);
  });

  it('comes at once to who asks for it, used or not', async () => {
    jupyter.says = () => active(site.clock.now());
    await publish('2');
    await later(60);
    await ask();
    await site.until(() => image() === 'mooring/demo:2' && site.condition('Ready') === 'True Ready');
    expect(await reasons()).toEqual(['Updated']);
  });

  it('that does not come up is taken back, and not tried again unasked', async () => {
    site.rancher.failUpgrades = true;
    await publish('2');
    await ask();
    await site.until(() => upgrades().length === 1);
    expect(site.sessions.get(NAME)?.status.phase).not.toBe('Failed');
    site.clock.moveOn(40);
    await site.until(() => site.condition('UpToDate') === 'False UpdateFailed' && site.condition('Ready') === 'True Ready');
    expect(upgrades()).toEqual(['upgrade 1s1', 'cancelupgrade 1s1', 'rollback 1s1']);
    expect(image()).toBe('mooring/demo:1');
    expect(launchConfig()?.imageUuid).toBe('docker:mooring/demo:1');
    await later(400);
    await later(10);
    expect(upgrades()).toHaveLength(3);
    site.rancher.failUpgrades = false;
    await ask();
    await site.until(() => image() === 'mooring/demo:2' && site.condition('Ready') === 'True Ready');
    const events = await site.events();
    expect(events.find(({ reason }) => reason === 'UpdateFailed')?.note).toContain('no such image');
  });

  it('that does not come up is taken back in its own time, however little a start has', async () => {
    await site.change((session) => {
      session.spec.probe.readyWithinSeconds = 10;
    });
    site.rancher.failUpgrades = true;
    await publish('2');
    await ask();
    await site.until(() => upgrades().length === 1);
    site.clock.moveOn(15);
    await site.until(() => site.condition('Ready') === 'False Updating');
    site.clock.moveOn(40);
    await site.until(() => site.condition('UpToDate') === 'False UpdateFailed' && site.condition('Ready') === 'True Ready');
    expect(upgrades()).toEqual(['upgrade 1s1', 'cancelupgrade 1s1', 'rollback 1s1']);
    expect(site.rancher.calls).not.toContain('deactivate 1s1');
  });

  it('leaves what runs reachable while Rancher cannot be asked', async () => {
    site.rancher.loseUpgrades = true;
    await publish('2');
    await ask();
    await site.until(() => upgrades().length > 0);
    await site.until(() => site.condition('Ready') === 'True Ready');
    expect(site.sessions.get(NAME)?.spec.update).toBeDefined();
    site.rancher.loseUpgrades = false;
    site.clock.moveOn(61);
    await site.until(() => image() === 'mooring/demo:2' && site.condition('Ready') === 'True Ready');
  });

  it.each(['upgrade', 'finishupgrade'])('goes on after a restart that comes after %s', async (call) => {
    await publish('2');
    await ask();
    await site.until(() => site.rancher.calls.includes(`${call} 1s1`));
    await site.stop();
    await site.start();
    await site.until(() => image() === 'mooring/demo:2' && site.condition('Ready') === 'True Ready');
    await site.until(() => upgrades().length === 2);
    expect([...site.rancher.containers.values()].map(({ state }) => state)).toEqual(['running']);
  });

  it('is undone by a stop, which comes after it at Rancher', async () => {
    site.answers = true;
    await publish('2');
    site.rancher.failUpgrades = true;
    await ask();
    await site.until(() => upgrades().length === 1);
    await site.change((session: Session) => {
      session.spec.running = false;
    });
    await site.until(() => site.sessions.get(NAME)?.status.phase === 'Stopped');
    expect(site.rancher.calls.slice(-3)).toEqual(['cancelupgrade 1s1', 'rollback 1s1', 'deactivate 1s1']);
  });
});
