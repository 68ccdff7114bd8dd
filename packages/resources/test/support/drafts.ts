import type { Draft, Session, SessionTemplate } from '../../src/index.js';

export function sessionDraft(name: string, metadata: Omit<Draft<'Session'>['metadata'], 'name'> = {}): Draft<'Session'> {
  return {
    metadata: { name, ...metadata },
    spec: { owner: { name: 'ada' }, launch: { image: 'mooring/demo:1' }, route: { type: 'cookie' } },
  };
}

export function templateDraft(name: string): Draft<'SessionTemplate'> {
  return { metadata: { name }, spec: { image: { name: 'mooring/demo', tag: '1' }, launch: {}, route: { type: 'cookie' } } };
}

/** A copy with another port, which is a change of the spec. */
export function withPort(session: Session, port: number): Session {
  const copy = structuredClone(session);
  copy.spec.launch.port = port;
  return copy;
}

export function withFinalizers(session: Session, finalizers: string[]): Session {
  return { ...session, metadata: { ...session.metadata, finalizers } };
}

export function withPhase(session: Session, phase: Session['status']['phase']): Session {
  return { ...session, status: { ...session.status, phase } };
}

export function template(spec: Partial<SessionTemplate['spec']> = {}, status: Partial<SessionTemplate['status']> = {}): SessionTemplate {
  return {
    apiVersion: 'mooring.dev/v1',
    kind: 'SessionTemplate',
    metadata: {
      name: 'narrative',
      uid: '6f0d4f0e-8f1c-4c55-9f5e-0b8f8d1c2a11',
      generation: 3,
      resourceVersion: '7',
      creationTimestamp: '2030-01-01T00:00:00.000Z',
      finalizers: [],
      labels: {},
      annotations: {},
    },
    spec: {
      image: { name: 'kbase/narrative', tag: '4.2' },
      launch: { env: {}, labels: {}, port: 8888, capDrop: [], volumes: [] },
      route: { type: 'cookie', cookieName: 'narrative_session', pathPrefix: '/narrative/', hosts: [] },
      probe: { path: '/narrative/api/status' },
      ...spec,
    },
    status: { conditions: [], ...status },
  };
}
