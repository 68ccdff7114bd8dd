import { describe, expect, it } from '@jest/globals';
import { type FieldError, InvalidError } from '../src/index.js';
import { created } from '../src/transitions.js';
import { sessionDraft, templateDraft } from './support/drafts.js';

const IDENTITY = { uid: '6f0d4f0e-8f1c-4c55-9f5e-0b8f8d1c2a11', now: new Date('2030-01-01T00:00:00.000Z') };

function refusal(run: () => unknown): InvalidError {
  try {
    run();
  } catch (error) {
    if (error instanceof InvalidError) return error;
    throw error;
  }
  throw new Error('it was taken');
}

function refuseSession(spec: object, metadata: object = {}): InvalidError {
  const draft = sessionDraft('ada');
  const whole = { ...draft, metadata: { ...draft.metadata, ...metadata }, spec: { ...draft.spec, ...spec } };
  return refusal(() => created('Session', whole, IDENTITY));
}

function launch(changes: object): readonly FieldError[] {
  return refuseSession({ launch: { image: 'mooring/demo:1', ...changes } }).fields;
}

describe('what is not valid', () => {
  it('is told all at once, by field, value and cure', () => {
    const error = refuseSession({ launch: { image: 'docker:x', port: 70_000 }, owner: {} }, { name: '-a' });
    expect(error.fields.map(({ path }) => path)).toEqual(['metadata.name', 'spec.owner.name', 'spec.launch.image', 'spec.launch.port']);
    expect(error.message).toBe(
      'Session "-a" is not valid: ' +
        'metadata.name must consist of letters and digits, with single hyphens between them (it is "-a"); ' +
        'spec.owner.name is required; ' +
        'spec.launch.image must not start with "docker:" (it is "docker:x"); ' +
        'spec.launch.port must be at most 65535 (it is 70000).',
    );
  });

  it.each<[string, object, string]>([
    ['port', { port: 0 }, 'must be at least 1 (it is 0)'],
    ['port', { port: 'http' }, 'must be of type number (it is "http")'],
    ['memory', { memory: 1024 }, 'must be at least 4194304 (it is 1024)'],
    ['command', { command: [] }, 'must have at least 1 items'],
    ['volumes.0', { volumes: ['nowhere'] }, 'must look like name:/path (it is "nowhere")'],
    ['capDrop.0', { capDrop: ['chown'] }, 'must be a capability such as NET_RAW, without "CAP_" (it is "chown")'],
    ['prot', { prot: 80 }, 'is not a known field; remove it, or look for a slip in its name'],
    ['env.A=B', { env: { 'A=B': 'x' } }, 'must be the name of an environment variable'],
  ])('names spec.launch.%s: %j', (path, changes, message) => {
    expect(launch(changes)).toEqual([{ path: `spec.launch.${path}`, message }]);
  });

  it('names the choices', () => {
    expect(refuseSession({ route: { type: 'magic' } }).fields).toEqual([
      { path: 'spec.route.type', message: 'must have a known type (it is "magic")' },
    ]);
    const status = { phase: 'Happy' } as never;
    const { fields } = refusal(() => created('Session', { ...sessionDraft('ada'), status }, IDENTITY));
    expect(fields[0]?.message).toBe('must be one of Pending, Starting, Ready, Stopping, Stopped, Failed, Terminating (it is "Happy")');
  });

  it.each([
    [{ name: 'a/b' }, 'spec.image', 'needs either a tag or a versionUrl'],
    [{ name: 'a/b:1', tag: '2' }, 'spec.image.name', 'must not have a tag or digest; a tag goes into `tag` (it is "a/b:1")'],
    [
      { name: 'a/b@sha256:00', tag: '2' },
      'spec.image.name',
      'must not have a tag or digest; a tag goes into `tag` (it is "a/b@sha256:00")',
    ],
    [{ name: 'a/b', tag: ' ' }, 'spec.image.tag', 'must be an image tag such as 1.2.3 (it is " ")'],
    [{ name: 'a/b', versionUrl: 'file:///etc/x' }, 'spec.image.versionUrl', 'must be a URL such as https://example.org/version'],
  ])('names what is wrong with the image %j of a template', (image, path, message) => {
    const draft = templateDraft('t');
    const { fields } = refusal(() => created('SessionTemplate', { ...draft, spec: { ...draft.spec, image } }, IDENTITY));
    expect(fields).toEqual([{ path, message }]);
  });

  it('takes a registry with a port', () => {
    const draft = templateDraft('t');
    const image = { name: 'registry.example:5000/a/b', tag: '1' };
    expect(created('SessionTemplate', { ...draft, spec: { ...draft.spec, image } }, IDENTITY).object.spec).toMatchObject({ image });
  });

  it('never shows what may be a secret', () => {
    const secret = 'hunter2\u0000';
    const errors = [...launch({ env: { PASSWORD: secret } }), ...launch({ command: [7, secret] }), ...launch({ labels: { '': secret } })];
    expect(errors).toHaveLength(3);
    expect(JSON.stringify(errors)).not.toContain('hunter2');
  });

  it('keeps long values short', () => {
    expect(refuseSession({ owner: { name: 'x'.repeat(5_000) } }).message.length).toBeLessThan(300);
  });

  it.each([undefined, null, 7, 'text', []])('is %j instead of a spec', (spec) => {
    expect(refusal(() => created('Session', { metadata: { name: 'ada' }, spec: spec as never }, IDENTITY)).fields[0]?.path).toBe('spec');
  });
});
