import { describe, expect, it } from '@jest/globals';
import { withFigures } from '../../../bench/performance-page.mjs';

const machine = { cpus: 2, model: 'Abacus 9', memory: 8 * 2 ** 30, node: 'v20.1.0', load: 0.25 };
const page = 'before\n<!-- figures -->\n<!-- /figures -->\nafter\n';

describe('the page of figures', () => {
  it('gets what was measured, and keeps what was not measured again', () => {
    const first = withFigures(page, [{ id: 'loop.growth', value: 0.8, unit: 'x', goal: 2, ok: true }], machine);
    expect(first).toContain('| `loop.growth` | 0.8 x | ≤ 2 | 0.3 | 2 × Abacus 9, 8 GB, Node 20.1.0 |\n<!-- /figures -->\nafter\n');
    const second = withFigures(first, [{ id: 'front.ratio', value: 0.2, unit: '', goal: 0.6, ok: false, least: true }], machine);
    expect(second.match(/^\| `.*$/gm)?.map((row) => row.split('|')[1])).toEqual([' `front.ratio` ', ' `loop.growth` ']);
    expect(second).toContain('≥ 0.6 (missed)');
    const third = withFigures(second, [{ id: 'loop.growth', value: 3, unit: 'x', goal: 2, ok: false }], machine);
    expect(third).toContain('| `loop.growth` | 3 x | ≤ 2 (missed) |');
    expect(third).not.toContain('0.8 x');
  });

  it('needs its place', () => expect(() => withFigures('nothing', [], machine)).toThrow('lacks the line <!-- figures -->'));
});
