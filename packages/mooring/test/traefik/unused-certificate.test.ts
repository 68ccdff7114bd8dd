import { createPrivateKey, X509Certificate } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { noteSecret } from '../../../../leaks/watch.js';
import { unusedCertificate } from '../../src/traefik/unused-certificate.js';

describe('the certificate that Traefik is given lest it makes one', () => {
  it('is one that signs itself, with its key, and is another each time', () => {
    const { certificate, key } = unusedCertificate();
    noteSecret(key);
    const read = new X509Certificate(certificate);
    expect([read.subject, read.issuer]).toEqual(['CN=unused', 'CN=unused']);
    expect(read.verify(read.publicKey)).toBe(true);
    expect(read.checkPrivateKey(createPrivateKey(key))).toBe(true);
    expect([Date.parse(read.validFrom), Date.parse(read.validTo)]).toEqual([Date.UTC(2020, 0, 1), Date.UTC(2049, 11, 31, 23, 59, 59)]);
    const other = unusedCertificate();
    noteSecret(other.key);
    expect(other.certificate).not.toBe(certificate);
  });
});
