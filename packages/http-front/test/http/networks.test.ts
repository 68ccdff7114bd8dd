import { describe, expect, it } from '@jest/globals';
import { checkNetworks, inNetworks } from '../../src/http/networks.js';

describe('a list of networks', () => {
  it.each([
    ['10.42.0.0/16', '10.42.3.4', true],
    ['10.42.0.0/16', '10.43.0.1', false],
    ['10.42.0.0/16', '::ffff:10.42.3.4', true],
    ['192.0.2.7', '192.0.2.7', true],
    ['192.0.2.7', '192.0.2.8', false],
    ['2001:db8::/32', '2001:db8::1', true],
    ['2001:db8::/32', '2001:db9::1', false],
    ['2001:db8::/32', '10.42.3.4', false],
    ['::1', '::1', true],
    ['::ffff:192.0.2.0/120', '192.0.2.9', true],
    ['::ffff:192.0.2.0/120', '192.0.3.9', false],
    ['0.0.0.0/0', '203.0.113.9', true],
    ['0.0.0.0/0', '::1', false],
    ['fe80::/10', 'fe80::1%eth0', true],
  ])('%s holds %s: %s', (network, address, holds) => {
    expect(inNetworks(['198.51.100.1/32', network])(address)).toBe(holds);
  });

  it.each(['', 'unknown', '2130706433', '127.1', '10.42.3.4:80', undefined])('holds nothing that is no address: %s', (address) => {
    expect(inNetworks(['0.0.0.0/0', '::/0'])(address)).toBe(false);
  });

  it('of nothing holds nobody', () => {
    expect(inNetworks([])('127.0.0.1')).toBe(false);
  });

  it('names what is no network, and the setting', () => {
    expect(checkNetworks('trustedProxies', ['::1', '10.0.0.0/8'])).toEqual(['::1', '10.0.0.0/8']);
    expect(() => checkNetworks('trustedProxies', ['::1', '10.0.0.0/99'])).toThrow('trustedProxies: "10.0.0.0/99" is neither');
  });
});
