import { describe, expect, it } from '@jest/globals';
import { type Container, containerSchema, type ProjectClient, serviceSchema } from '@mooring/rancher-client';
import { START_ONCE_LABEL } from '../src/sessions/labels.js';
import { byPreference, type Observed, observeContainer, observeService } from '../src/sessions/observed.js';
import { plan } from '../src/sessions/plan.js';
import { RancherGateway } from '../src/sessions/rancher-gateway.js';
import { seeContainer, seeService } from '../src/sessions/seen.js';
import { serviceBody, serviceIdentity } from '../src/sessions/service-body.js';
import { aContainer, aService, aSession, observed, SECRET } from './sessions/sample.js';

// Of the 14 surprises of the recordings' README those that are the loop's to survive, by their numbers: decisions only. That
// a running loop survives them is in start-controller.test.ts. The others (5 to 10, 12, 14) are the client's alone:
// packages/rancher-client/test/surprises.test.ts.

const LIVE = { reach: { ok: true, detail: '' }, routed: { ok: true, detail: '' } };
const UNROUTED = { routed: { ok: false, detail: '' } };

/** Containers as Rancher tells them, of service 1s1. */
const told = (fields: object): Container =>
  containerSchema.parse({ id: '1i1', type: 'container', name: 'x', state: 'running', serviceIds: ['1s1'], ...fields });

describe('surprise', () => {
  it('1: names are not unique under concurrency: of two services the one goes that nobody was led to', () => {
    const session = aSession({ status: { phase: 'Ready', service: { id: '1s2', name: 'narrative-alice-522b27', state: 'active' } } });
    const twins = byPreference([aService({ id: '1s1' }), aService({ id: '1s2' })], session);
    expect(twins.map(({ id }) => id)).toEqual(['1s2', '1s1']);
    expect(plan(session, observed(twins, LIVE))).toMatchObject({ type: 'remove', service: { id: '1s1' } });
  });

  it('2: a DELETE can be lost: what was removing and is active again is removed again, and the record goes only with the last of it', () => {
    const session = aSession({ deleting: true });
    const steps = [
      observed([aService()], UNROUTED),
      observed([aService({ state: 'removing' })], UNROUTED),
      observed([aService()], UNROUTED),
      observed([], UNROUTED),
    ].map((seen) => plan(session, seen).type);
    expect(steps).toEqual(['remove', 'wait', 'remove', 'finalize']);
  });

  it('3: a PUT of launchConfig is silently ignored: none is ever sent, and all that a service must have is said at its creation', () => {
    const session = aSession();
    const changed = { ...session, spec: { ...session.spec, launch: { ...session.spec.launch, image: 'kbase/narrative:2.0' } } };
    expect(plan(changed, observed([aService()], LIVE))).toEqual({ type: 'settled' });
    expect(Object.keys(serviceIdentity(changed)).sort()).toEqual(['description', 'metadata', 'name']);
    const { launchConfig } = serviceBody(session, SECRET, { stackId: '1st1', entryPoint: 'web' }) as { launchConfig: object };
    expect(launchConfig).toMatchObject({ imageUuid: 'docker:kbase/narrative:1.0', environment: { A: 'b' }, capDrop: ['MKNOD'] });
  });

  it('4: a container keeps its old name and labels in a rename: it is known by the uid in its label, and served all the while', () => {
    const warm = aService({ name: 'narrativepre-1', containers: [aContainer({ name: 'mooring-narrativepre-1-1' })] });
    const session = aSession();
    expect(plan(session, observed([warm], LIVE)).type).toBe('rename');
    expect(plan(session, observed([{ ...warm, state: 'updating-active' }], LIVE)).type).toBe('wait');
    expect(plan(session, observed([{ ...warm, name: session.metadata.name }], LIVE)).type).toBe('settled');
    const labels = { 'mooring.dev/session': session.metadata.uid, 'io.rancher.stack_service.name': 'mooring/narrativepre-1' };
    expect(seeContainer(told({ name: 'mooring-narrativepre-1-1', labels })).sessionUid).toBe(session.metadata.uid);
  });

  it('11: a container that is to be started once stays stopped while its service is active and healthy: it is started', () => {
    const { launchConfig } = serviceBody(aSession(), SECRET, { stackId: '1st1', entryPoint: 'web' }) as {
      launchConfig: { labels: Record<string, string> };
    };
    expect(launchConfig.labels[START_ONCE_LABEL]).toBe('true');
    const service = seeService(serviceSchema.parse({ id: '1s1', type: 'service', state: 'active', healthState: 'started-once' }));
    const seen = (state: string): Observed =>
      observed(
        [observeService(service, [observeContainer(seeContainer(told({ state, primaryIpAddress: '10.42.0.7' })), undefined)])],
        LIVE,
      );
    expect(plan(aSession(), seen('stopped'))).toMatchObject({ type: 'startContainer', container: { id: '1i1' } });
    expect(plan(aSession(), seen('running')).type).not.toBe('startContainer');
  });

  it('11: a deleted container is made again by Rancher: that is waited for, and the new one is asked anew', () => {
    const gone = seeContainer(told({ state: 'removed', removed: '2026-11-21T04:46:49Z' }));
    expect(gone.gone).toBe(true);
    expect(plan(aSession(), observed([aService({ containers: [] })])).type).toBe('wait');
    expect(plan(aSession(), observed([aService({ containers: [aContainer({ id: '1i2', run: '1i2/1/active' })] })])).type).toBe('probe');
  });

  it('13: changes come as whole objects, and a gap says that some may be missing: both are passed on, and nothing of other stacks', async () => {
    const service = (stackId: string) => ({
      type: 'change',
      resourceType: 'service',
      resource: serviceSchema.parse({ id: `1s${stackId.at(-1)}`, type: 'service', name: 'a', state: 'active', stackId }),
    });
    async function* subscribe() {
      yield { type: 'connected' };
      yield service('1st1');
      yield service('1st2');
      yield { type: 'gap', reason: 'no ping' };
    }
    const gateway = new RancherGateway({ subscribe } as unknown as ProjectClient, '1st1');
    const signals = [];
    for await (const signal of gateway.watch(new AbortController().signal)) signals.push(signal);
    expect(signals).toMatchObject([
      { type: 'connected' },
      { type: 'set', object: { kind: 'service', id: '1s1', state: 'active' } },
      { type: 'gap' },
    ]);
  });
});
