import { beforeEach, describe, expect, it } from '@jest/globals';
import type { Session } from '@mooring/resources';
import { recordWish } from '../../src/narrative/wish.js';
import { failureOf } from '../../src/sessions/failure.js';
import { reasonInWords } from '../../src/sessions/reasons.js';
import { deps } from '../support/wish-deps.js';

const { memory, ...rest } = deps();
let session: Session;
beforeEach(async () => {
  session = (await recordWish({ user: 'ada', ip: '127.0.0.1' }, rest)).session;
});

const condition = (type: string, reason: string, message: string) => ({
  ...{ type, reason, message, status: 'False' as const, lastTransitionTime: new Date(0).toISOString() },
});
const ALLOCATION = 'Failed to allocate instance [container:1i47]: Bad instance [container:1i47] in state [error]: ';

describe('why a start failed', () => {
  it.each([
    ['ContainerRunning', 'RancherError', 'Error response: No such image: nothing/here:1', 'could not be found'],
    ['ContainerRunning', 'RancherError', 'manifest for nothing/here:1 not found', 'could not be found'],
    ['ServiceCreated', 'InvalidReference', 'Rancher refuses it (422): InvalidReference, field imageUuid.', 'could not be found'],
    ['ContainerRunning', 'RancherError', `${ALLOCATION}Allocation failed: host needs ports 51952/tcp available`, 'no room'],
    ['ContainerRunning', 'RancherError', `${ALLOCATION}Failed to find network for networkMode bogus`, 'no network'],
    ['ContainerRunning', 'RancherError', 'Rancher says "error" without a message.', 'could not be started'],
    ['ServiceCreated', 'NameTaken', 'The stack already has a service named narrative-ada.', 'has the name'],
    ['ServiceCreated', 'Unauthorized', 'Rancher refuses it (401): Unauthorized.', 'may not start notebooks'],
    ['ServiceCreated', 'InvalidFormat', 'Rancher refuses it (422): InvalidFormat, field environment.', 'refused to set'],
  ])('%s %s is told in a sentence, with what was said beside it', (type, reason, message, words) => {
    const failure = failureOf(session, condition(type, reason, message));
    expect(failure.reason).toContain(words);
    expect(failure.advice).toMatch(/again/i);
    expect(failure.detail).toBe(message);
  });

  it('is told where no condition says it, too, with the last time that somebody tried', () => {
    expect(failureOf(session, undefined)).toMatchObject({ reason: expect.stringContaining('could not be started'), detail: '' });
    expect(failureOf(session, undefined)).not.toHaveProperty('triedAt');
    const wantedAt = '2030-01-01T00:00:00.000Z';
    const wanted = { ...session, metadata: { ...session.metadata, annotations: { 'mooring.dev/wanted-at': wantedAt } } };
    expect(failureOf(wanted, undefined).triedAt).toBe(wantedAt);
  });
});

describe('why a step is not done yet', () => {
  it('is told in plain words where the reason is known, and by the condition where it is not', () => {
    expect(reasonInWords(condition('Reachable', 'DoesNotAnswer', 'ECONNREFUSED.'))).toBe('It is loading, and does not answer yet.');
    expect(reasonInWords(condition('ServiceCreated', 'RancherUnavailable', 'no answer within 10 ms'))).toContain('Your wish is kept');
    const pulling = 'The container web-1 is creating: Pulling kbase/web:1: 43 % of 12 MB.';
    expect(reasonInWords(condition('ContainerRunning', 'ContainerBeingSetUp', pulling))).toBe(pulling);
    expect(reasonInWords(condition('ServiceCreated', 'Another', 'Something else.'))).toBe('Something else.');
    expect(reasonInWords(undefined)).toBe('');
  });
});
