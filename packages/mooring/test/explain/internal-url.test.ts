import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { internalUrl, urlOf } from '../../src/explain/internal-url.js';
import { scratch } from '../support/scratch.js';

describe('where a listener is reached', () => {
  it.each([
    ['0.0.0.0', 'http://127.0.0.1:5001'],
    ['::', 'http://[::1]:5001'],
    ['fd00::1', 'http://[fd00::1]:5001'],
    ['mooring.internal', 'http://mooring.internal:5001'],
  ])('that listens on %s', (host, url) => {
    expect(urlOf({ host, port: 5001 })).toBe(url);
  });

  it("is start's fourth port where the data folder is start's, and what is configured otherwise", async () => {
    const folder = await scratch();
    const environment = { MOORING_PORT_BASE: '9000', MOORING_INTERNAL_LISTEN: '0.0.0.0:7001' };
    const options = { environment, machine: 'm', folder, holder: process.pid, local: false };
    expect(await internalUrl(options)).toBe('http://127.0.0.1:7001');
    expect(await internalUrl({ ...options, local: true })).toBe('http://127.0.0.1:9004');
    await mkdir(join(folder, 'rancher'), { recursive: true });
    await writeFile(join(folder, 'rancher', 'journal'), '');
    expect(await internalUrl(options)).toBe('http://127.0.0.1:9004');
    expect(await internalUrl({ ...options, environment: { ...environment, rancher_url: 'http://rancher' } })).toBe('http://127.0.0.1:7001');
  });
});
