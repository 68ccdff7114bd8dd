import { describe, expect, it } from '@jest/globals';
import { OwnRequests, type Place } from '@mooring/controller';
import { ACTIVITY_SOURCES, UseLog } from '@mooring/resources';
import { quietLogger } from '../../../leaks/quiet-logger.js';
import { activityOf } from '../src/activity.js';
import { readConfig } from '../src/config/config.js';

describe('who can tell whether sessions are used', () => {
  it('are all sources that a policy can name, asked when the configuration says', () => {
    const { settings } = readConfig({ MOORING_REAPER_SCHEDULE: '* * * * * *' }, 'm');
    const core = { uses: new UseLog(), ownRequests: new OwnRequests(Date) };
    const traefik = { url: 'http://127.0.0.1:1/metrics', idleMs: 90_000 };
    const activity = activityOf(core, settings, { traefik, logger: quietLogger() });
    expect(activity.schedule).toBe('* * * * * *');
    const place = { rancher: { containers: {} }, stackId: '1st7', stackName: 'narrative' } as Place;
    const sources = activity.sourcesFor(place);
    expect(new Set(sources.map(({ name }) => name))).toEqual(new Set(ACTIVITY_SOURCES));
  });
});
