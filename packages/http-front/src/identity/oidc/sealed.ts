import { hkdfSync } from 'node:crypto';
import { EncryptJWT, jwtDecrypt } from 'jose';
import type { z } from 'zod';

export interface SealedOptions<T> {
  /** 32 bytes. */
  key: Buffer;
  /** What it is for: what was sealed for one purpose opens for no other. */
  purpose: string;
  schema: z.ZodType<T>;
  /** Milliseconds since the epoch. */
  now: () => number;
}

const MANAGEMENT = 'dir';
const ENCRYPTION = 'A256GCM';

/** Values that travel through a browser, which can neither read nor change them, and that are good for a while (JWE, RFC 7516). */
export class Sealed<T> {
  readonly #key: Uint8Array;

  constructor(private readonly options: SealedOptions<T>) {
    if (options.key.length !== 32) throw new RangeError(`The key of sign-ins must have 32 bytes, not ${options.key.length}`);
    this.#key = new Uint8Array(hkdfSync('sha256', options.key, '', `mooring ${options.purpose}`, 32));
  }

  /** In characters that a cookie and a URL can hold. */
  async seal(value: T, seconds: number): Promise<string> {
    const exp = Math.floor(this.options.now() / 1000) + seconds;
    return new EncryptJWT({ value, exp }).setProtectedHeader({ alg: MANAGEMENT, enc: ENCRYPTION }).encrypt(this.#key);
  }

  /** undefined for whatever we haven't sealed for this purpose, or not lately enough. */
  async open(text: string): Promise<T | undefined> {
    try {
      const { payload } = await jwtDecrypt(text, this.#key, {
        keyManagementAlgorithms: [MANAGEMENT],
        contentEncryptionAlgorithms: [ENCRYPTION],
        currentDate: new Date(this.options.now()),
        requiredClaims: ['exp'],
      });
      return this.options.schema.safeParse(payload.value).data;
    } catch {
      return undefined;
    }
  }
}
