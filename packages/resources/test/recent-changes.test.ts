import { beforeEach, describe, expect, it } from '@jest/globals';
import { RecentChanges } from '../src/sql/recent-changes.js';
import { type Change, created } from '../src/transitions.js';
import { sessionDraft } from './support/drafts.js';

const { object } = created('Session', sessionDraft('ada'), { uid: '00000000-0000-4000-8000-000000000000', now: new Date(0) });
const change = (version: number): Change => ({
  type: 'MODIFIED',
  object: { ...object, metadata: { ...object.metadata, resourceVersion: String(version) } } as Change['object'],
});
const changes = (from: number, to: number): Change[] => Array.from({ length: to - from + 1 }, (_, index) => change(from + index));
const versions = (told: readonly Change[] | undefined) => told?.map((one) => Number(one.object.metadata.resourceVersion));

describe('the recent changes', () => {
  let recent: RecentChanges;
  beforeEach(() => {
    recent = new RecentChanges();
    recent.add(changes(5, 8));
  });

  it('tells those after a position, as many as are asked for', () => {
    expect(versions(recent.after(4, 10))).toEqual([5, 6, 7, 8]);
    expect(versions(recent.after(6, 10))).toEqual([7, 8]);
    expect(versions(recent.after(4, 2))).toEqual([5, 6]);
  });

  it('tells nothing where something may be missing, or where there is nothing more to tell', () => {
    expect(recent.after(3, 10)).toBeUndefined();
    expect(recent.after(8, 10)).toBeUndefined();
    expect(new RecentChanges().after(0, 10)).toBeUndefined();
  });

  it('forgets what was before a change of somebody else', () => {
    recent.add([change(10)]);
    expect(recent.after(7, 10)).toBeUndefined();
    expect(recent.after(8, 10)).toBeUndefined();
    expect(versions(recent.after(9, 10))).toEqual([10]);
  });

  it('has the object as each change left it', () => {
    expect(recent.at(6)?.metadata.resourceVersion).toBe('6');
    expect([recent.at(4), recent.at(9)]).toEqual([undefined, undefined]);
  });

  it('keeps a bounded number, the newest', () => {
    recent.add(changes(9, 9000));
    expect(recent.after(4000, 10)).toBeUndefined();
    expect(versions(recent.after(8998, 10))).toEqual([8999, 9000]);
  });

  it('knows nothing once the file may tell more', () => {
    recent.clear();
    expect(recent.after(6, 10)).toBeUndefined();
    expect(recent.at(6)).toBeUndefined();
  });
});
