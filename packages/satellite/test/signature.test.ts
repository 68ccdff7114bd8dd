import { describe, expect, it } from '@jest/globals';
import { SHA256_OF_NOTHING, sign, Verifier } from '../src/auth/signature.js';

const HOUR = 3_600_000;
const NOW = 1_000 * HOUR + 5_000;
const REQUEST = { method: 'GET', target: '/v1/containers/u/file?path=%2Fa', range: 'bytes=0-1', sha256: SHA256_OF_NOTHING };
/** One that has run for two hours. */
function verifierAt(now: number, ...secrets: string[]) {
  let time = now - 2 * HOUR;
  const verifier = new Verifier(
    () => secrets,
    () => time,
  );
  time = now;
  return verifier;
}

describe('a signed request', () => {
  it('is believed once', () => {
    const verifier = verifierAt(NOW, 'secret');
    const header = sign(REQUEST, 'secret', NOW);
    expect(verifier.verify(REQUEST, header)).toEqual({ sha256: SHA256_OF_NOTHING });
    expect(verifier.verify(REQUEST, header)).toBeUndefined();
    expect(verifier.verify(REQUEST, sign(REQUEST, 'secret', NOW))).toBeDefined();
  });

  it.each([
    ['method', { ...REQUEST, method: 'PUT' }],
    ['target', { ...REQUEST, target: '/v1/containers/u/file?path=%2Fb' }],
    ['range', { ...REQUEST, range: '' }],
  ])('is not believed with another %s', (_field, changed) => {
    expect(verifierAt(NOW, 'secret').verify(changed, sign(REQUEST, 'secret', NOW))).toBeUndefined();
  });

  it('is not believed with the hash of another body, or another nonce or time', () => {
    const header = sign(REQUEST, 'secret', NOW);
    for (const forged of [
      header.replace(SHA256_OF_NOTHING, '0'.repeat(64)),
      header.replace(/nonce=./, (text) => (text.endsWith('0') ? 'nonce=1' : 'nonce=0')),
      header.replace(/time=\d+/, `time=${NOW / 1000 + 1}`),
    ])
      expect(verifierAt(NOW, 'secret').verify(REQUEST, forged)).toBeUndefined();
  });

  it('is not believed from another secret, without a header, or with one that is none', () => {
    for (const header of [sign(REQUEST, 'another', NOW), undefined, '', 'Bearer x', 'Mooring-HMAC-SHA256 key=a', 'Mooring-HMAC-SHA256 '])
      expect(verifierAt(NOW, 'secret').verify(REQUEST, header)).toBeUndefined();
  });

  it('is not believed where it was signed before who reads it had started: they may have seen it, and forgotten', () => {
    const verifier = new Verifier(
      () => ['secret'],
      () => NOW,
    );
    expect(verifier.verify(REQUEST, sign(REQUEST, 'secret', NOW - 1000))).toBeUndefined();
    expect(verifier.verify(REQUEST, sign(REQUEST, 'secret', NOW))).toBeDefined();
  });

  it.each([59, -59])('is believed with a clock that is %d s off, also into the next hour', (seconds) => {
    const edge = 1_000 * HOUR + 10_000;
    expect(verifierAt(edge + seconds * 1000, 'secret').verify(REQUEST, sign(REQUEST, 'secret', edge))).toBeDefined();
  });

  it.each([62, -62])('is not believed %d s away', (seconds) => {
    expect(verifierAt(NOW + seconds * 1000, 'secret').verify(REQUEST, sign(REQUEST, 'secret', NOW))).toBeUndefined();
  });

  it('is signed by a key of its hour', () => {
    const keyAt = (now: number) => /key=(\w+)/.exec(sign(REQUEST, 'secret', now))?.[1];
    expect(keyAt(NOW)).toBe(keyAt(NOW + 60_000));
    expect(keyAt(NOW)).not.toBe(keyAt(NOW + HOUR));
  });

  it('is believed from an old secret while that is still among them', () => {
    expect(verifierAt(NOW, 'new', 'old').verify(REQUEST, sign(REQUEST, 'old', NOW))).toBeDefined();
  });
});
