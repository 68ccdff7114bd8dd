import { describe, expect, it } from '@jest/globals';
import { readConfig } from '../../src/config/config.js';
import { readSpawnerFlags } from '../../src/config/spawner-flags.js';

describe("the spawner's flags", () => {
  it('are the keys that they have as counterparts', () => {
    const line =
      "-cookie-fallback-url='https://localhost/home' -traefik-check-enabled=true --userspass-file=/passwd.txt -enable-mgmt-auth=true -token-expire-time 1h30m -health-check-interval=10s -health-check-retries=6 -http-probe-timeout 1500ms -http-probe-ok-status=204 -cookie-key who -traefik-base-url http://traefik:8080 -redirect-timeout 2s -use-path-routing -container-prefix=mine/";
    expect(readSpawnerFlags(line, {})).toEqual({
      environment: {
        MOORING_DIRECT: 'cookie,path',
        MOORING_DIRECT_FALLBACK_URL: 'https://localhost/home',
        MOORING_DIRECT_USERS_FILE: '/passwd.txt',
        MOORING_DIRECT_AUTH: 'on',
        MOORING_DIRECT_TOKEN_SECONDS: '5400',
        MOORING_DIRECT_READY_WITHIN: '60',
        MOORING_DIRECT_PROBE_TIMEOUT: '2',
        MOORING_DIRECT_PROBE_STATUS: '204',
        MOORING_DIRECT_COOKIE: 'who',
        MOORING_DIRECT_PREFIX: '/mine',
        MOORING_TRAEFIK_API_URL: 'http://traefik:8080',
      },
      unused: [expect.stringContaining('-traefik-check-enabled'), expect.stringContaining('-redirect-timeout')],
    });
  });

  it('come after what the environment says', () => {
    const flags = readSpawnerFlags('-cookie-key=a -use-cookie-routing=false', { MOORING_DIRECT_COOKIE: 'b' });
    expect(flags).toEqual({ environment: { MOORING_DIRECT: 'off' }, unused: [] });
  });

  it('that are unknown, or have a wrong value, are told, all at once', () => {
    const { problems } = readSpawnerFlags('-cooky-key=a -use-path-routing=maybe -http-probe-timeout=5 x -cookie-key', {}) as {
      problems: unknown[];
    };
    expect(problems).toEqual([
      { key: '--spawner-flags -cooky-key', message: expect.stringContaining('did you mean -cookie-key?') },
      { key: '--spawner-flags -use-path-routing', value: '"maybe"', message: 'must be true or false' },
      { key: '--spawner-flags -http-probe-timeout', value: '"5"', message: expect.stringContaining('30s') },
      { key: '--spawner-flags x', message: expect.any(String) },
      { key: '--spawner-flags -cookie-key', message: 'needs a value' },
    ]);
  });
});

describe('the keys of named containers', () => {
  const problemsOf = (environment: Record<string, string>, command: 'start' | 'serve' = 'start') => {
    try {
      return [readConfig(environment, 'machine', command), ''][1];
    } catch (error) {
      return (error as Error).message;
    }
  };
  it('take no path of everybody, and need users with serve', () => {
    expect(problemsOf({ MOORING_DIRECT: 'path', MOORING_DIRECT_PREFIX: '/' })).toContain('MOORING_DIRECT_HOSTS');
    expect(problemsOf({ MOORING_DIRECT: 'path', MOORING_DIRECT_PREFIX: '/', MOORING_DIRECT_HOSTS: 'a.example' })).toBe('');
    expect(problemsOf({ MOORING_DIRECT: 'cookie' }, 'serve')).toContain('MOORING_DIRECT_USERS_FILE: is missing');
    expect(problemsOf({ MOORING_DIRECT: 'cookies' })).toContain('must be cookie, path');
    expect(problemsOf({ MOORING_DIRECT_FALLBACK_URL: '//evil.example' })).toContain('must be a path');
  });
});
