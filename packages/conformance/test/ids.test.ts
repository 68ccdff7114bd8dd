import { describe, expect, it } from '@jest/globals';
import { Ids } from '../src/ids.js';

const mapped = (): Ids => {
  const ids = new Ids();
  for (const [recorded, ours] of [
    ['1s3', '1s30'],
    ['1st7', '1st70'],
    ['1s7', '1s71'],
    ['uuid-1', 'uuid-2'],
  ] as const)
    ids.link(recorded, ours);
  return ids;
};

const translate = (path: string): string =>
  mapped()
    .translateUrl(new URL(`http://127.0.0.1/v2-beta/projects/1a5/${path}`))
    .slice('/v2-beta/projects/1a5/'.length);

describe('ids', () => {
  it.each([
    ['services/1s3', 'services/1s30'],
    ['services/1s3/?action=remove', 'services/1s30/?action=remove'],
    // The letters aren't checked by Rancher: the number is the service's.
    ['services/1st7', 'services/1st71'],
    ['services?stackId=1st7', 'services?stackId=1st70'],
    ['services?id=3', 'services?id=30'],
    ['services?uuid=uuid-1', 'services?uuid=uuid-2'],
    ['services/1s99999', 'services/1s99999'],
  ])('%s becomes %s', (recorded, ours) => {
    expect(translate(recorded)).toBe(ours);
  });

  it('are learned from two answers about one object', () => {
    const ids = new Ids();
    ids.learn({ id: '1s1', uuid: 'a', instanceIds: ['1i1', '1i2'] }, { id: '1s5', uuid: 'b', instanceIds: ['1i8', '1i9'] });
    expect(ids.translate({ x: ['1s1', 'a', '1i2'], y: 1 })).toEqual({ x: ['1s5', 'b', '1i9'], y: 1 });
  });

  it('are not learned from errors, whose ids are their own', () => {
    const ids = new Ids();
    ids.learn({ type: 'error', id: 'x' }, { type: 'error', id: 'y' });
    expect(ids.translate('x')).toBe('x');
  });

  it('that nothing stands for are named, but not what the recorder made up', () => {
    const ids = mapped();
    expect(ids.unknownIn(new URL('http://x/v2-beta/projects/1a5/services/1s8'))).toEqual([{ id: '1s8', prefix: '1s' }]);
    expect(ids.unknownIn(new URL('http://x/v2-beta/projects/1a5/services/1s99999'))).toEqual([]);
    expect(ids.unknownAs({ stackId: '1st9' }, 'stackId', '1st')).toEqual([{ id: '1st9', prefix: '1st' }]);
    expect(ids.unknownAs({ stackId: '1st7' }, 'stackId', '1st')).toEqual([]);
  });
});
