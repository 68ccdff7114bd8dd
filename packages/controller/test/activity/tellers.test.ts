import { describe, expect, it } from '@jest/globals';
import { observe } from '../../src/activity/detector.js';
import { Tellers } from '../../src/activity/tellers.js';
import { aSession } from '../sessions/sample.js';
import { aPolicy, quiet, START, unknown } from './sample.js';

const of = (template: string | undefined) => {
  const session = aSession({});
  const { templateRef: _, ...spec } = session.spec;
  return { ...session, spec: template === undefined ? spec : { ...spec, templateRef: { name: template, generation: 1 } } };
};
const memoryOf = (readings: Parameters<typeof observe>[1]['readings']) =>
  observe(undefined, { at: START, run: 'r1', readings, maxGapMs: 1 }, aPolicy()).memory;

describe('who could tell of any session of a template', () => {
  it('is known of all of it, whatever becomes of the session', () => {
    const tellers = new Tellers();
    tellers.note(of('narrative'), memoryOf({ jupyter: quiet(START), connections: unknown() }));
    tellers.note(of('narrative'), memoryOf({ jupyter: unknown() }));
    expect([...(tellers.of(of('narrative')) ?? [])]).toEqual(['jupyter']);
    expect(tellers.of(of('other'))).toBeUndefined();
  });

  it('counts who counted no requests, too', () => {
    const tellers = new Tellers();
    tellers.note(of('narrative'), memoryOf({ 'traefik-requests': { type: 'unknown', why: 'none', noneSince: START } }));
    expect([...(tellers.of(of('narrative')) ?? [])]).toEqual(['traefik-requests']);
  });

  it('says nothing where there is no template, or nobody was asked', () => {
    const tellers = new Tellers();
    tellers.note(of(undefined), memoryOf({ jupyter: quiet(START) }));
    tellers.note(of('narrative'), undefined);
    expect([tellers.of(of(undefined)), tellers.of(of('narrative'))]).toEqual([undefined, undefined]);
  });
});
