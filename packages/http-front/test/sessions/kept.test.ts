import { beforeEach, describe, expect, it } from '@jest/globals';
import type { Session } from '@mooring/resources';
import { recordWish } from '../../src/narrative/wish.js';
import { isKept, isLetGo, keptBy } from '../../src/sessions/kept.js';
import { template } from '../support/front.js';
import { deps, NOW } from '../support/wish-deps.js';

const MARK = Date.parse('2030-01-01T00:00:00.000Z');
const { memory, ...rest } = deps();
let ready: Session;

beforeEach(async () => {
  memory.remove('narrative-ada-e4ea29');
  const { session } = await recordWish({ user: 'ada', ip: '127.0.0.1' }, rest);
  ready = memory.makeReady(session.metadata.name);
});

const marked = (wantedAt?: string): Session => {
  const session = structuredClone(memory.mark(ready.metadata.name, MARK));
  if (wantedAt !== undefined) session.metadata.annotations['mooring.dev/wanted-at'] = wantedAt;
  return session;
};

describe('a marked session', () => {
  it('is let go until somebody has come after the mark', () => {
    expect([isLetGo(ready), isKept(ready)]).toEqual([false, false]);
    for (const before of [undefined, '2029-12-31T23:59:59.999Z', '2030-01-01T00:00:00.000Z', 'soon'])
      expect([isLetGo(marked(before)), isKept(marked(before))]).toEqual([true, false]);
    const after = marked('2030-01-01T00:00:00.001Z');
    expect([isLetGo(after), isKept(after)]).toEqual([false, true]);
  });

  it('is wanted from the navigation on, and stays as it is otherwise', () => {
    const session = marked();
    const { metadata, ...others } = keptBy(session, { ...template, metadata: { ...template.metadata, generation: 9 } }, NOW) ?? session;
    expect(metadata.annotations).toEqual({ ...session.metadata.annotations, 'mooring.dev/wanted-at': '2030-01-02T03:04:05.678Z' });
    expect({ metadata: { ...metadata, annotations: {} }, ...others }).toEqual({
      ...session,
      metadata: { ...session.metadata, annotations: {} },
    });
  });

  it('is wanted after the mark, whatever the clock says', () => {
    const kept = keptBy(marked(), undefined, MARK - 5_000);
    expect(kept?.metadata.annotations['mooring.dev/wanted-at']).toBe('2030-01-01T00:00:00.001Z');
    expect(kept && isKept(kept)).toBe(true);
  });
});

describe('nothing is written', () => {
  it('about a session that is ready, kept already, or being deleted', () => {
    expect(keptBy(ready, template, NOW)).toBeUndefined();
    expect(keptBy(marked('2030-01-01T00:00:01.000Z'), template, NOW)).toBeUndefined();
    const leaving = marked();
    leaving.metadata.deletionTimestamp = '2030-01-01T00:00:00.000Z';
    leaving.spec.running = false;
    expect([isLetGo(leaving), keptBy(leaving, template, NOW)]).toEqual([false, undefined]);
  });
});

describe('a stopped session', () => {
  const newer = {
    ...template,
    metadata: { ...template.metadata, generation: 4 },
    spec: { ...template.spec, image: { name: 'i', tag: '2' } },
  };

  it('runs as its template has it by now, with its owner, route and labels', () => {
    const stopped = structuredClone(ready);
    stopped.spec.running = false;
    stopped.metadata.labels = { tier: 'one' };
    stopped.spec.route = { type: 'none' };
    expect(isLetGo(stopped)).toBe(true);
    expect(keptBy(stopped, newer, NOW)).toMatchObject({
      metadata: { labels: { tier: 'one' }, annotations: { 'mooring.dev/wanted-at': '2030-01-02T03:04:05.678Z' } },
      spec: {
        running: true,
        owner: { name: 'ada' },
        route: { type: 'none' },
        templateRef: { name: 'narrative', generation: 4 },
        launch: { image: 'i:2' },
      },
    });
  });

  it('that was imported runs as it was', () => {
    const { templateRef: _none, ...spec } = { ...ready.spec, running: false };
    expect(keptBy({ ...ready, spec }, newer, NOW)?.spec).toEqual({ ...spec, running: true });
  });
});
