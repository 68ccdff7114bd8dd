import { createHash } from 'node:crypto';
import { MODES, readIfThere, replace } from '../files/replace.js';
import type { MetadataSource } from '../metadata/source.js';
import { type Verified, verifyCertificate } from './verify.js';

export interface CertificateOptions {
  source: Pick<MetadataSource, 'text'>;
  /** Where certificate and key stand together: mounted by the site, or written here from the metadata. */
  path: string;
  /** Whether the metadata has them in base64. */
  base64: boolean;
  now: () => number;
}

/** What HTTPS can be served with now. */
export interface CertificateState {
  /** Whether there is one at `path` that may be served. */
  usable: boolean;
  /** What stands for its content; another one where it has changed. */
  hash?: string;
  /** Why there is none, or why a newer one was not taken; in a sentence without any part of the key. */
  problem?: string;
}

const CERT = '/self/service/metadata/ssl_cert';
const KEY = '/self/service/metadata/ssl_key';
const BASE64 = /^[A-Za-z0-9+/=\s]+$/;

const hashOf = (text: string): string => createHash('sha256').update(text).digest('hex');

/** Looks after certificate and key: those that are mounted go before those of the metadata, and one that is no good replaces none. */
export class Certificate {
  #served: string | undefined;

  constructor(private readonly options: CertificateOptions) {}

  /** @throws what the metadata service's client or the disk does */
  async look(): Promise<CertificateState> {
    const { path, now } = this.options;
    const there = await readIfThere(path);
    if (there !== undefined && !(await this.#isOurs(there))) return this.#judge(there, verifyCertificate(there, now()), path);
    const told = await this.#fromMetadata();
    const verified = typeof told === 'string' ? verifyCertificate(told, now()) : told;
    if ('problem' in verified) return this.#judge(there, verified, 'the metadata (ssl_cert, ssl_key)');
    if (verified.pem !== there) await this.#write(verified.pem, there);
    return this.#judge(verified.pem, verified, path);
  }

  /** What is served already is served on, though it has ended meanwhile: that is worth more than none. */
  #judge(there: string | undefined, verified: Verified, where: string): CertificateState {
    const problem = 'problem' in verified ? `${where}: ${verified.problem}` : undefined;
    const hash = there === undefined ? undefined : hashOf(there);
    const usable = hash !== undefined && (hash === this.#served || !('problem' in verifyCertificate(there ?? '', this.options.now())));
    if (usable) this.#served = hash;
    return { usable, ...(usable && { hash }), ...(problem !== undefined && { problem }) };
  }

  async #isOurs(text: string): Promise<boolean> {
    return ((await readIfThere(this.#mark)) ?? '').split('\n').includes(hashOf(text));
  }

  /** The files that we wrote, so that we may replace them. */
  get #mark(): string {
    return `${this.options.path}.from-metadata`;
  }

  async #write(pem: string, there: string | undefined): Promise<void> {
    // The mark comes first and names both: a crash between the two leaves no file that would be taken for the site's.
    const known = [hashOf(pem), ...(there === undefined ? [] : [hashOf(there)])];
    await replace(this.#mark, `${known.join('\n')}\n`, MODES.secret);
    await replace(this.options.path, pem, MODES.secret);
  }

  async #fromMetadata(): Promise<string | { problem: string }> {
    const parts = await Promise.all([this.options.source.text(CERT), this.options.source.text(KEY)]);
    const [certificate, key] = parts.map((text) => (text === undefined ? undefined : this.#decode(text)));
    if (certificate !== undefined && key !== undefined) return `${certificate}\n${key}`;
    return { problem: 'there are none; set both, or put a certificate with its key at HAPROXY_SSL_CERT' };
  }

  #decode(text: string): string {
    if (!this.options.base64) return text;
    return BASE64.test(text) ? Buffer.from(text, 'base64').toString('utf8') : '';
  }
}
