import { describe, expect, it } from '@jest/globals';
import { serviceBody } from '../../src/sessions/service-body.js';
import { aSession, SECRET } from './sample.js';

const place = { stackId: '1st7', entryPoint: 'web' };

describe('serviceBody', () => {
  it('asks for what the launch says', () => {
    const session = aSession();
    expect(serviceBody(session, SECRET, place)).toMatchObject({
      name: 'narrative-alice-522b27',
      stackId: '1st7',
      scale: 1,
      startOnCreate: true,
      description: 'client-ip:192.0.2.7 timestamp:2026-01-02T03:04:05.678Z',
      metadata: { mooring: { uid: session.metadata.uid, owner: 'alice' } },
      launchConfig: {
        imageUuid: 'docker:kbase/narrative:1.0',
        environment: { A: 'b' },
        capDrop: ['MKNOD'],
        memory: 1_000_000_000,
        dataVolumes: ['work-alice:/home/work'],
        ports: ['8888/tcp'],
      },
    });
  });

  it("carries narrative-traefiker's labels, with router and service named by the uid", () => {
    const session = aSession({ hosts: ['a.example', 'b.example'] });
    const { labels } = serviceBody(session, SECRET, place).launchConfig as { labels: Record<string, string> };
    const { uid } = session.metadata;
    expect(labels).toEqual({
      'io.rancher.container.pull_image': 'always',
      'io.rancher.container.start_once': 'true',
      'mooring.dev/session': uid,
      'mooring.dev/launch': expect.stringMatching(/^[0-9a-f]{16}$/),
      'traefik.enable': 'True',
      session_id: SECRET,
      [`traefik.http.routers.${uid}.rule`]: `(Host(\`a.example\`) || Host(\`b.example\`)) && PathPrefix(\`/narrative/\`) && HeadersRegexp(\`Cookie\`, \`narrative_session=${SECRET}\`) && HeadersRegexp(\`Cookie\`, \`(?:^|;\\s*)narrative_session=${SECRET}(?:;|$)\`)`,
      [`traefik.http.routers.${uid}.priority`]: '100',
      [`traefik.http.routers.${uid}.entrypoints`]: 'web',
      [`traefik.http.routers.${uid}.service`]: uid,
      [`traefik.http.services.${uid}.loadbalancer.server.port`]: '8888',
    });
  });

  it('has Traefik ask the front about each request where requests are verified', () => {
    const session = aSession();
    const { uid } = session.metadata;
    const verifying = { ...place, verifyUrl: 'http://mooring:5000/verify/' };
    expect(serviceBody(session, SECRET, verifying).launchConfig).toMatchObject({
      labels: {
        [`traefik.http.routers.${uid}.middlewares`]: uid,
        [`traefik.http.middlewares.${uid}.forwardauth.address`]: `http://mooring:5000/verify/${uid}`,
        [`traefik.http.middlewares.${uid}.forwardauth.authresponseheaders`]: 'mooring-probe',
      },
    });
  });

  it('lets Traefik see nothing of a session without a route', () => {
    const { labels } = serviceBody(aSession({ route: 'none' }), undefined, place).launchConfig as { labels: Record<string, string> };
    expect(labels['traefik.enable']).toBe('False');
    expect(labels.session_id).toBeUndefined();
  });

  it('refuses a routed session without a secret', () => {
    expect(() => serviceBody(aSession(), undefined, place)).toThrow(/no secret/);
  });
});
