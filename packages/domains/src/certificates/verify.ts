import { createPrivateKey, type KeyObject, X509Certificate } from 'node:crypto';

/** A certificate with its chain and key, in one text as HAProxy reads it; or why it can't be used. Never holds a part of the key. */
export type Verified = { pem: string; notAfter: number } | { problem: string };

const BLOCK = /-----BEGIN ([A-Z0-9 ]+)-----[\s\S]+?-----END \1-----/g;

const refuse = (problem: string): Verified => ({ problem });

function readCertificate(pem: string): X509Certificate | undefined {
  try {
    return new X509Certificate(pem);
  } catch {
    return undefined;
  }
}

function readKey(pem: string): KeyObject | undefined {
  try {
    return createPrivateKey(pem);
  } catch {
    return undefined;
  }
}

/** Reads a PEM of certificates and one key, and sees to it that they belong together and hold at `now` (ms since the epoch). */
export function verifyCertificate(text: string, now: number): Verified {
  const blocks = [...text.matchAll(BLOCK)].map(([pem, type = '']) => ({ pem, type }));
  const certificates = blocks.filter(({ type }) => type === 'CERTIFICATE').map(({ pem }) => pem);
  const keys = blocks.filter(({ type }) => type.endsWith('PRIVATE KEY')).map(({ pem }) => pem);
  const others = blocks.filter(({ type }) => type === 'DH PARAMETERS').map(({ pem }) => pem);
  const [first = ''] = certificates;
  const [only = ''] = keys;
  if (first === '') return refuse('there is no certificate in it (-----BEGIN CERTIFICATE-----)');
  if (keys.length !== 1) return refuse(`there must be one private key with it, and there are ${keys.length}`);
  const leaf = readCertificate(first);
  if (!leaf || certificates.some((pem) => readCertificate(pem) === undefined)) return refuse('a certificate in it can not be read');
  const key = readKey(only);
  if (!key) return refuse('the private key can not be read: it must be PEM, without a password');
  if (!leaf.checkPrivateKey(key)) return refuse('the private key is of another certificate than the first one');
  return within(leaf, now) ?? { pem: `${[...certificates, only, ...others].join('\n')}\n`, notAfter: Date.parse(leaf.validTo) };
}

function within(leaf: X509Certificate, now: number): Verified | undefined {
  if (Date.parse(leaf.validTo) <= now) return refuse(`the certificate ended at ${new Date(leaf.validTo).toISOString()}`);
  if (Date.parse(leaf.validFrom) > now) return refuse(`the certificate begins at ${new Date(leaf.validFrom).toISOString()} only`);
  return undefined;
}
