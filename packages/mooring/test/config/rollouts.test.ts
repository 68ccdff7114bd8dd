import { describe, expect, it } from '@jest/globals';
import { type Config, ConfigError, readConfig } from '../../src/config/config.js';
import { buildReport, formatReport } from '../../src/config/report.js';
import { upgradesOf } from '../../src/rollouts.js';

const read = (environment: Record<string, string>): Config => readConfig(environment, 'machine-1');
const defaults = (environment: Record<string, string>) => upgradesOf({} as Parameters<typeof upgradesOf>[0], read(environment).settings);

function problem(environment: Record<string, string>): string {
  try {
    read(environment);
  } catch (error) {
    if (error instanceof ConfigError) return error.message;
    throw error;
  }
  return '';
}

describe("rancher-service-updater's variables", () => {
  it('are read, and have its defaults', () => {
    expect(defaults({})).toMatchObject({
      defaults: {
        selector: { labels: ['autoupdate.enable', 'autoupdate.enabled'], environments: ['.*'] },
        strategy: { atOnce: 5, environments: 'Together' },
        onFailure: 'hold',
      },
      keys: {},
    });
    const set = { AUTOUPDATE_ENABLE_LABEL: 'update.me', AUTOUPDATE_ENVIRONMENT_NAMES: 'dev, ^qa', MOORING_ROLLOUT_ON_FAILURE: 'rollback' };
    expect(defaults(set).defaults).toMatchObject({
      selector: { labels: ['update.me'], environments: ['dev', '^qa'] },
      onFailure: 'rollback',
    });
  });

  it.each([
    ['http://rancher:8080/v1', 'http://rancher:8080/v2-beta'],
    ['https://rancher.example/', 'https://rancher.example/v2-beta'],
    ['https://rancher.example/v2-beta', 'https://rancher.example/v2-beta'],
    ['https://rancher.example/v1/projects/1a5', 'https://rancher.example/v2-beta'],
    ['https://example.org/rancher/v1/', 'https://example.org/rancher/v2-beta'],
  ])('CATTLE_URL=%s is taken as Rancher injects it', (given, url) => {
    expect(read({ CATTLE_URL: given }).settings.CATTLE_URL).toBe(url);
  });

  it.each([
    [{ CATTLE_URL: 'http://rancher/v3' }, 'CATTLE_URL'],
    [{ CATTLE_ACCESS_KEY: 'A' }, 'CATTLE_SECRET_KEY: is missing though CATTLE_ACCESS_KEY is set'],
    [{ AUTOUPDATE_ENVIRONMENT_NAMES: 'dev,(' }, '( is none'],
    [{ AUTOUPDATE_ENVIRONMENT_NAMES: ',' }, 'must be regular expressions'],
    [{ AUTOUPDATE_HTTP_PORT: '0' }, 'between 1 and 65535'],
    [{ MOORING_ROLLOUT_AT_ONCE: '0' }, 'must be 1 or more'],
    [{ MOORING_ROLLOUT_SECRET: 'short' }, 'at least 16 characters'],
  ])('%j is refused', (environment, expected) => {
    expect(problem(environment as Record<string, string>)).toContain(expected);
  });

  it('are not shown where they are secret', () => {
    const hook = 'https://hooks.slack.example/services/T0/B0/s3cret';
    const text = formatReport(
      buildReport(read({ AUTOUPDATE_SLACK_WEBHOOK_URL: hook, CATTLE_ACCESS_KEY: 'A', CATTLE_SECRET_KEY: 'very-s3cret' })),
    );
    expect(text).not.toContain('s3cret');
  });
});
