import { createHmac } from 'node:crypto';

/**
 * The value of the cookie that leads to a container by its name: the name, a dot, and the name's HMAC-SHA256 under the Session's own
 * secret in lower-case hexadecimal. Names have no dots. Nobody else can make it, and it is good for no other name.
 *
 * @param secret the Session's: 32 to 64 hexadecimal digits
 */
export function signedInstance(name: string, secret: string): string {
  return `${name}.${createHmac('sha256', secret).update(`instance ${name}`).digest('hex')}`;
}

/** What a cookie's value says: the name, and the signature where it has one. Whether that is right is another question. */
export function readInstance(value: string): { name: string; signature?: string } {
  const dot = value.indexOf('.');
  return dot < 0 ? { name: value } : { name: value.slice(0, dot), signature: value.slice(dot + 1) };
}
