import { describe, expect, it } from '@jest/globals';
import { readServerOptions } from '../../src/table/server-options.js';

describe('options of a server', () => {
  it.each([
    ['', ''],
    ['send-proxy', 'send-proxy'],
    ['  send-proxy-v2   check inter 2s ', 'send-proxy-v2 check inter 2s'],
    ['backup weight 10 maxconn 50', 'backup weight 10 maxconn 50'],
    ['ssl verify none', 'ssl verify none'],
  ])('takes %p', (text, options) => {
    expect(readServerOptions(text)).toEqual({ options });
  });

  it.each([
    'send-proxy send-proxy',
    'send-proxy send-proxy-v2',
    'weight',
    'weight 257',
    'weight -1',
    'inter 0s',
    'inter 2x',
    'rise 0',
    'ssl',
    'verify none',
    'ssl verify required',
    'ca-file /etc/passwd',
    'source 10.0.0.1',
    'check addr 10.0.0.1',
    'send-proxy; del',
    'send-proxy\tcheck',
    "send-proxy 'x'",
    `check ${' '.repeat(300)}`,
  ])('refuses %p', (text) => {
    expect(readServerOptions(text)).toEqual({ problem: expect.any(String) });
  });
});
