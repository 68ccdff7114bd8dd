import { request } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { WebSocket } from 'ws';
import { Harness } from '../support/harness.js';

let rancher: Harness;
beforeAll(async () => {
  rancher = await Harness.start();
});
afterAll(async () => rancher.end());

const statusOf = (url: string, method: string, headers: Record<string, string>): Promise<number> =>
  new Promise((resolve, reject) => {
    const sent = request(url, { method, headers }, (response) => {
      response.resume();
      resolve(response.statusCode ?? 0);
    });
    sent.on('error', reject);
    sent.end();
  });

const FOREIGN: Record<string, string>[] = [
  { origin: 'https://evil.example' },
  { origin: 'null' },
  { 'sec-fetch-site': 'cross-site' },
  { 'sec-fetch-site': 'same-site' },
  { host: 'evil.example' },
  { host: 'evil.example:8081' },
  { host: '10.0.0.1' },
  { host: '127.0.0.1.evil.example' },
];

describe('a request that a web page makes', () => {
  it.each(FOREIGN)('is refused: %j', async (headers) => {
    expect(await statusOf(`${rancher.project}/stacks`, 'POST', headers)).toBe(403);
    expect(await statusOf(`${rancher.rancher.metadataUrl}/latest`, 'GET', headers)).toBe(403);
    expect((await rancher.get('stacks')).body.data).toEqual([]);
  });

  it.each<Record<string, string>>([{ host: 'localhost:8081' }, { host: '127.1.2.3' }, { host: '[::1]:80' }, { 'sec-fetch-site': 'none' }])(
    'no page: %j',
    async (headers) => {
      expect(await statusOf(`${rancher.project}/stacks`, 'GET', headers)).toBe(200);
    },
  );

  it('can not subscribe either', async () => {
    const url = `${rancher.project.replace('http', 'ws')}/subscribe?eventNames=resource.change`;
    const socket = new WebSocket(url, { origin: 'https://evil.example' });
    const message = await new Promise<string>((resolve) => socket.on('error', (error) => resolve(error.message)));
    expect(message).toContain('403');
  });

  it('knows the metadata service by its name in Rancher, no other', async () => {
    const url = `${rancher.rancher.metadataUrl}/latest`;
    expect(await statusOf(url, 'GET', { host: 'rancher-metadata.rancher.internal' })).toBe(200);
    expect(await statusOf(`${rancher.project}/stacks`, 'GET', { host: 'rancher-metadata.rancher.internal' })).toBe(403);
  });
});
