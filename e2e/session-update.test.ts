import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect } from '@jest/globals';
import { ConflictError, openStore, type SessionTemplate } from '../packages/resources/src/index.js';
import { Idleness } from './support/idleness.js';
import { type RunningMooring, startMooring } from './support/mooring.js';
import { findJupyterImage, Notebook } from './support/notebook.js';
import { ask, Person } from './support/person.js';
import { missing, withPart } from './support/real-parts.js';
import type { Tab } from './support/tab.js';
import { until } from './support/until.js';

const jupyter = await findJupyterImage();
const test = withPart('JupyterLab', jupyter !== undefined);

const QUIET_S = 2;
const OLD = 'docker:mooring/jupyter:1';
const NEW = 'docker:mooring/jupyter:2';

interface Service {
  name: string;
  state: string;
  launchConfig: { imageUuid: string; environment: object; dataVolumes: string[]; labels: Record<string, string> };
}

/** npm start's parts, and two people who work in a real JupyterLab when their template gets a new version. */
describe('a new version of the notebook', () => {
  let mooring: RunningMooring;
  let idleness: Idleness;
  const people: Record<'alice' | 'bob', { notebook: Notebook; name: string; tab: Tab; before: Service }> = {} as never;

  const services = async (): Promise<Service[]> => {
    const headers = { accept: 'application/json' };
    return (await ask(`http://127.0.0.1:${mooring.base + 1}`, '/v2-beta/projects/1a5/services', { headers })).json().data as Service[];
  };
  const serviceOf = async (name: string): Promise<Service> => (await services()).find((service) => service.name === name) as Service;
  const conditionOf = async (name: string): Promise<string | undefined> => {
    const explained = (await idleness.explain(name)) as unknown as { conditions: { type: string; reason: string }[] };
    return explained.conditions.find(({ type }) => type === 'UpToDate')?.reason;
  };
  const untilUpdated = async (name: string): Promise<void> => {
    await until(async () => (await conditionOf(name)) === 'Updated', {
      withinMs: 30_000,
      everyMs: 50,
      what: () => `${name} to be updated`,
    });
    await idleness.untilPhase(name, 'Ready');
  };
  const open = async (user: 'alice' | 'bob'): Promise<void> => {
    const notebook = new Notebook(new Person(mooring.origin, user));
    await notebook.person.signIn();
    const name = await notebook.open();
    await notebook.save('kept.txt', `what ${user} wrote`);
    const { tab } = await notebook.openKernel();
    people[user] = { notebook, name, tab, before: await serviceOf(name) };
  };
  const publish = async (): Promise<void> => {
    const store = await openStore({ path: join(mooring.data, 'mooring.db') });
    for (let published = false; !published; ) {
      const template = (await store.get('SessionTemplate', 'narrative')) as SessionTemplate;
      const image = { ...template.spec.image, tag: '2' };
      published = await store.update('SessionTemplate', { ...template, spec: { ...template.spec, image } }).then(
        () => true,
        (error) => {
          if (error instanceof ConflictError) return false;
          throw error;
        },
      );
    }
    await store.close();
  };
  const keepsAll = async ({ notebook, name, before }: (typeof people)['alice']): Promise<void> => {
    const cookie = notebook.person.cookies.get('narrative_session');
    const after = await serviceOf(name);
    expect(after.launchConfig.imageUuid).toBe(NEW);
    const { environment, dataVolumes, labels } = before.launchConfig;
    expect(after.launchConfig).toMatchObject({ environment, dataVolumes });
    expect(after.launchConfig.labels.session_id).toBe(labels.session_id);
    await notebook.answers();
    expect(await notebook.read('kept.txt')).toBe(`what ${notebook.person.user} wrote`);
    expect(notebook.person.cookies.get('narrative_session')).toBe(cookie);
  };

  beforeAll(async () => {
    if (!jupyter) return missing('JupyterLab');
    const env = { MOORING_IMAGE: 'mooring/jupyter:1', MOORING_UPDATE_AFTER: String(QUIET_S), MOORING_REAPER_SCHEDULE: '* * * * * *' };
    mooring = await startMooring({ env });
    idleness = new Idleness(`http://127.0.0.1:${mooring.base + 4}`);
    await Promise.all([open('alice'), open('bob')]);
  }, 120_000);
  afterAll(async () => {
    for (const { tab } of Object.values(people)) tab.close();
    await mooring?.dispose();
  }, 30_000);

  test('leaves those alone who work', async () => {
    await publish();
    for (const { name } of Object.values(people)) await until(async () => (await conditionOf(name)) === 'NewVersion');
    await idleness.untilLooked(QUIET_S + 2);
    for (const { name, notebook } of Object.values(people)) {
      expect([(await serviceOf(name)).launchConfig.imageUuid, (await idleness.explain(name))?.phase]).toEqual([OLD, 'Ready']);
      expect((await notebook.person.ask('/narrative/api/status')).status).toBe(200);
    }
  }, 60_000);

  test('comes at once where an administrator clicks, and keeps files, environment and cookie', async () => {
    const { name, notebook } = people.bob;
    const path = `/api/v1/sessions/${name}/update`;
    const { status } = await ask(`http://127.0.0.1:${mooring.base + 4}`, path, { method: 'POST', headers: { accept: 'application/json' } });
    expect(status).toBe(200);
    await until(async () => {
      const page = await notebook.person.ask('/narrative/', { headers: { 'sec-fetch-mode': 'navigate', accept: 'text/html' } });
      return page.status === 201 && page.text.includes('id="waiting"');
    });
    await untilUpdated(name);
    await keepsAll(people.bob);
    expect((await idleness.explain(people.alice.name))?.phase).toBe('Ready');
    expect((await serviceOf(people.alice.name)).launchConfig.imageUuid).toBe(OLD);
  }, 60_000);

  test('comes by itself once nobody works any more, and keeps them, too', async () => {
    people.alice.tab.close();
    await untilUpdated(people.alice.name);
    await keepsAll(people.alice);
    const reasons = (await idleness.explain(people.alice.name))?.events.map(({ reason }) => reason);
    expect(reasons).toEqual(['Updated', 'UpdateBegun']);
  }, 60_000);
});
