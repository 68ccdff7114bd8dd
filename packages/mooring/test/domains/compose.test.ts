import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { parse } from 'yaml';
import { readConfig } from '../../src/config/config.js';
import { KEYS } from '../../src/config/keys.js';

const FOLDER = new URL('../../../../deploy/domains/', import.meta.url);

interface Service {
  image: string;
  command?: string[];
  environment?: Record<string, string>;
  labels?: Record<string, string>;
  ports?: string[];
  volumes?: string[];
  volumes_from?: string[];
}

const read = (name: string): Record<string, Service> => parse(readFileSync(new URL(name, FOLDER), 'utf8'));
const OWN = 'mooring/domains';

/** As somebody fills in the variables of a compose file. */
const filled = (environment: Record<string, string> = {}): Record<string, string> =>
  Object.fromEntries(Object.entries(environment).map(([key, value]) => [key, value.replace(/^\$\{STACK_DOMAIN\}$/, 'dev.example.org')]));

describe.each(['docker-compose.yml', 'docker-compose.sidekick.yml'])('deploy/domains/%s', (name) => {
  const services = read(name);
  const own = Object.values(services).filter(({ image }) => image === OWN);

  it('gives mooring domains variables that it uses, with values that it takes', () => {
    // No other image reloads without cutting anybody off.
    expect(own).toHaveLength(Object.keys(services).length);
    const settings = own.map(({ environment: given }) => {
      const environment = filled(given);
      for (const key of Object.keys(environment))
        expect([key, KEYS[key as keyof typeof KEYS].usedBy]).toEqual([key, expect.arrayContaining(['domains'])]);
      return readConfig(environment, 'machine', 'domains').settings;
    });
    // One knows the stacks, and who doesn't goes by what that one writes.
    for (const { STACK_DOMAIN, DISABLE_METADATA } of settings) expect(STACK_DOMAIN).toBe(DISABLE_METADATA ? undefined : 'dev.example.org');
    expect(settings.filter(({ DISABLE_METADATA }) => !DISABLE_METADATA)).toHaveLength(1);
    expect(own.filter(({ command }) => command?.includes('--haproxy'))).toHaveLength(1);
  });

  it('has its sidekicks, shared folders and the port of the statistics', () => {
    for (const { labels, volumes_from: from = [], environment, ports = [] } of Object.values(services)) {
      for (const sidekick of labels?.['io.rancher.sidekicks']?.split(',') ?? []) expect(services).toHaveProperty(sidekick);
      for (const other of from) expect(services[other]?.volumes).toContain('/usr/local/etc/haproxy');
      if (environment?.STATS_PORT) expect(ports).toContain(`${environment.STATS_PORT}:${environment.STATS_PORT}/tcp`);
      // A password that everybody knows is none.
      expect(environment?.STATS_PASSWORD ?? '').not.toMatch(/^\w+$/);
    }
  });
});

it('deploy/domains/rancher-compose.yml has metadata for a service of the compose files', () => {
  const metadata = read('rancher-compose.yml') as unknown as Record<string, { metadata: { aliases: Record<string, string[]> } }>;
  for (const name of Object.keys(metadata)) expect(read('docker-compose.yml')).toHaveProperty(name);
  expect(metadata.HTTP?.metadata.aliases).toEqual({ app1: ['www'] });
});
