import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeEach, describe, expect, it } from '@jest/globals';
import { noteSecret } from '../../../../leaks/watch.js';
import { Certificate } from '../../src/certificates/certificate.js';
import { verifyCertificate } from '../../src/certificates/verify.js';

const scratch = mkdtempSync(join(tmpdir(), 'mooring-certificate-'));
const DAY = 86_400_000;

function make(name: string): { cert: string; key: string } {
  const at = (end: string): string => join(scratch, `${name}.${end}`);
  execFileSync(
    'openssl',
    [
      'req',
      '-x509',
      '-newkey',
      'ec',
      '-pkeyopt',
      'ec_paramgen_curve:P-256',
      '-nodes',
      '-days',
      '10',
      '-subj',
      `/CN=${name}`,
      '-keyout',
      at('key'),
      '-out',
      at('crt'),
    ],
    { stdio: 'pipe' },
  );
  const key = readFileSync(at('key'), 'utf8');
  noteSecret(key.split('\n')[1]);
  return { cert: readFileSync(at('crt'), 'utf8'), key };
}

/** Without OpenSSL these are skips that name themselves, but failures where CI=true. */
const isThere = process.env.CI === 'true' || spawnSync('openssl', ['version']).status === 0;
const suite = isThere ? describe : describe.skip;
const missing = isThere ? '' : ' (skipped: OpenSSL is not on this machine)';
const nobody = { cert: '', key: '' };
const [one, two] = isThere ? [make('one'), make('two')] : [nobody, nobody];
const path = join(scratch, 'server.pem');

afterAll(() => rmSync(scratch, { recursive: true, force: true }));

suite(`a certificate and its key${missing}`, () => {
  const problemOf = (text: string, now = Date.now()): string => {
    const verified = verifyCertificate(text, now);
    return 'problem' in verified ? verified.problem : '';
  };

  it('belong together, and hold now', () => {
    expect(problemOf(one.key + one.cert)).toBe('');
    expect(problemOf(one.cert + two.key)).toContain('another certificate');
    expect(problemOf(one.cert + one.key, Date.now() + 11 * DAY)).toContain('ended at');
    expect(problemOf(one.cert + one.key, Date.now() - DAY)).toContain('begins at');
  });

  it.each([
    ['nothing', ''],
    ['no key', one.cert],
    ['two keys', one.cert + one.key + two.key],
    ['a certificate that is none', `-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n${one.key}`],
    ['a key that is none', `${one.cert}-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n`],
  ])('are refused where there is %s, without a word of the key', (_, text) => {
    const problem = problemOf(text);
    expect(problem).not.toBe('');
    expect(problem).not.toContain(one.key.split('\n')[1]);
  });
});

suite(`where the certificate comes from${missing}`, () => {
  const told: Record<string, string | undefined> = {};
  let now = Date.now();
  const open = (base64 = false) => new Certificate({ source: { text: async (at) => told[at] }, path, base64, now: () => now });
  const tell = ({ cert, key }: { cert: string; key: string }): void => {
    told['/self/service/metadata/ssl_cert'] = cert;
    told['/self/service/metadata/ssl_key'] = key;
  };

  beforeEach(() => {
    now = Date.now();
    for (const file of [path, `${path}.from-metadata`]) rmSync(file, { force: true });
  });

  it('is the metadata, whose newer one replaces it, over a restart too, for the owner alone', async () => {
    tell(one);
    const first = await open().look();
    expect(first).toEqual({ usable: true, hash: expect.any(String) });
    expect(statSync(path).mode & 0o777).toBe(0o600);
    tell(two);
    const second = await open().look();
    expect(second.usable).toBe(true);
    expect(second.hash).not.toBe(first.hash);
    expect(readFileSync(path, 'utf8')).toContain(two.key.trim());
  });

  it('is what the site has mounted, before the metadata', async () => {
    writeFileSync(path, one.cert + one.key);
    tell(two);
    expect((await open().look()).usable).toBe(true);
    expect(readFileSync(path, 'utf8')).toBe(one.cert + one.key);
  });

  it('stays where the metadata have none that is any good, and is served on when it ends', async () => {
    tell(one);
    const certificate = open();
    const { hash } = await certificate.look();
    tell({ cert: two.cert, key: one.key });
    expect(await certificate.look()).toEqual({ usable: true, hash, problem: expect.stringContaining('another certificate') });
    tell(one);
    now += 20 * DAY;
    expect(await certificate.look()).toEqual({ usable: true, hash, problem: expect.stringContaining('ended') });
    expect((await open().look()).usable).toBe(false);
  });

  it('is read from base64, and nowhere where there is none', async () => {
    tell({ cert: Buffer.from(one.cert).toString('base64'), key: Buffer.from(one.key).toString('base64') });
    expect((await open(true).look()).usable).toBe(true);
    rmSync(path);
    expect((await open(false).look()).usable).toBe(false);
    tell({ cert: '"; drop', key: '}' });
    expect(await open(true).look()).toEqual({ usable: false, problem: expect.stringContaining('no certificate') });
  });
});
