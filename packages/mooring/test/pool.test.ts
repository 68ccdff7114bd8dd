import { describe, expect, it } from '@jest/globals';
import { readConfig } from '../src/config/config.js';
import { narrativePool } from '../src/pool.js';

const SERVE = { rancher_url: 'http://rancher', auth2: 'http://auth/me', image_tag: '1.2.3' };

describe('the warm pool of the narrative template', () => {
  it("has narrative-traefiker's size and names for a site, and none on a machine of its own", () => {
    expect(narrativePool(readConfig(SERVE, 'm').settings, 'serve').spec).toEqual({
      templateRef: { name: 'narrative' },
      replicas: 5,
      sessionName: 'narrativepre-{}',
    });
    expect(narrativePool(readConfig({}, 'm').settings, 'start').spec.replicas).toBe(0);
  });

  it('has the size and the names that are set', () => {
    const { settings } = readConfig({ ...SERVE, num_prespawn: '0', CONTAINER_NAME_PRESPAWN: 'warm-{}' }, 'm');
    expect(narrativePool(settings, 'serve').spec).toMatchObject({ replicas: 0, sessionName: 'warm-{}' });
  });

  it("is refused where each session has its person's own folder", () => {
    expect(() => readConfig({ num_prespawn: '2' }, 'm', 'start')).toThrow(/num_prespawn=2: must be 0 with MOORING_IMAGE=mooring\/jupyter/);
    expect(() => readConfig({ num_prespawn: '2', MOORING_IMAGE: 'mooring/demo' }, 'm', 'start')).not.toThrow();
    expect(() => readConfig({ num_prespawn: 'many' }, 'm')).toThrow(/num_prespawn="many": must be a number/);
  });
});
