import { describe, expect, it } from '@jest/globals';
import { instantiate, openStore } from '@mooring/resources';
import { readConfig } from '../src/config/config.js';
import { put } from '../src/put.js';
import { localTemplate, serveTemplate } from '../src/template.js';

const SERVE = { rancher_url: 'http://rancher', auth2: 'http://auth/me', image_tag: '1.2.3' };

describe('the narrative template', () => {
  it('of a machine of its own has the chosen image and a volume for each session', async () => {
    const store = await openStore({ path: ':memory:' });
    const template = await put(store, 'SessionTemplate', localTemplate(readConfig({ NARRENV_LANGUAGE: 'de' }, 'm')));
    const session = instantiate(template, { name: 'narrative-ada-123456', owner: 'ada' });
    expect(session.spec).toMatchObject({
      launch: {
        image: 'mooring/jupyter:latest',
        env: { LANGUAGE: 'de' },
        port: 8888,
        capDrop: expect.arrayContaining(['MKNOD', 'SETFCAP']),
        volumes: ['work-narrative-ada-123456:/home/work'],
      },
      route: { type: 'cookie', cookieName: 'narrative_session', pathPrefix: '/narrative/', hosts: [] },
      probe: { path: '/narrative/api/status' },
    });
    await store.close();
  });

  it("of a site is narrative-traefiker's: a tag goes before the URL that says it", () => {
    const both = serveTemplate(
      readConfig({ ...SERVE, narrative_version_url: 'http://x/v', hostname: 'a.example', session_cookie: 's' }, 'm'),
    );
    expect(both.spec).toMatchObject({
      image: { name: 'kbase/narrative', tag: '1.2.3' },
      launch: { volumes: [] },
      route: { cookieName: 's', hosts: ['a.example'] },
    });
    const { image_tag: _, ...untagged } = SERVE;
    expect(serveTemplate(readConfig({ ...untagged, narrative_version_url: 'http://x/v' }, 'm')).spec.image).toEqual({
      name: 'kbase/narrative',
      versionUrl: 'http://x/v',
    });
  });

  it('says when a session is idle, and what becomes of it: gone with serve, stopped with start', () => {
    const plain = { afterSeconds: 600, graceSeconds: 60, openConnections: 'active', startedOnce: 'Restart', updateAfterSeconds: 300 };
    expect(localTemplate(readConfig({}, 'm')).spec.idlePolicy).toMatchObject({ ...plain, action: 'Stop' });
    expect(serveTemplate(readConfig(SERVE, 'm')).spec.idlePolicy).toMatchObject({ ...plain, action: 'Delete' });
    expect(localTemplate(readConfig({}, 'm')).spec.idlePolicy).not.toHaveProperty('maxUnknownSeconds');
    const said = {
      reaper_timeout_secs: '2',
      MOORING_REAPER_GRACE: '0',
      MOORING_IDLE_ACTION: 'Delete',
      MOORING_OPEN_CONNECTIONS: 'ignore',
      MOORING_MAX_UNKNOWN: '3600',
      MOORING_STARTED_ONCE: 'Remove',
      MOORING_UPDATE_AFTER: '0',
    };
    expect(localTemplate(readConfig(said, 'm')).spec.idlePolicy).toEqual({
      afterSeconds: 2,
      graceSeconds: 0,
      action: 'Delete',
      openConnections: 'ignore',
      maxUnknownSeconds: 3600,
      startedOnce: 'Remove',
      sources: ['front', 'traefik-connections', 'traefik-requests', 'jupyter', 'network', 'connections'],
    });
    expect(serveTemplate(readConfig({ ...SERVE, MOORING_IDLE_ACTION: 'Stop' }, 'm')).spec.idlePolicy).toMatchObject({ action: 'Stop' });
  });

  it('is written when it changed, and only then', async () => {
    const store = await openStore({ path: ':memory:' });
    const putLocal = (environment: Record<string, string>) => put(store, 'SessionTemplate', localTemplate(readConfig(environment, 'm')));
    const first = await putLocal({});
    const second = await putLocal({});
    expect(second.metadata).toEqual(first.metadata);
    const third = await putLocal({ MOORING_IMAGE: 'mooring/demo' });
    expect(third.metadata).toMatchObject({ uid: first.metadata.uid, generation: 2 });
    expect(third.spec.image).toEqual({ name: 'mooring/demo', tag: 'latest' });
    await store.close();
  });
});
