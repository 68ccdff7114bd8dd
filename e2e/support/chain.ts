import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { noteSecret } from '../../leaks/watch.js';

/** A certificate of an authority that was made for a test. */
export interface Chain {
  authority: string;
  /** The server's certificate, and that of the authority between. */
  cert: string;
  key: string;
}

/** Makes an authority, one below it, and a server's certificate of that one, in a folder. */
export function makeChain(folder: string, host: string, days = 30): Chain {
  const at = (name: string): string => join(folder, name);
  const openssl = (...args: string[]): void => void execFileSync('openssl', args, { stdio: 'pipe' });
  const request = (name: string, subject: string): void =>
    openssl(
      'req',
      '-newkey',
      'ec',
      '-pkeyopt',
      'ec_paramgen_curve:P-256',
      '-nodes',
      '-subj',
      `/CN=${subject}`,
      '-keyout',
      at(`${name}.key`),
      '-out',
      at(`${name}.csr`),
    );
  const sign = (name: string, by: string, extensions: string): void => {
    writeFileSync(at(`${name}.ext`), extensions);
    const signer = by === name ? ['-signkey', at(`${name}.key`)] : ['-CA', at(`${by}.crt`), '-CAkey', at(`${by}.key`), '-CAcreateserial'];
    openssl(
      'x509',
      '-req',
      '-in',
      at(`${name}.csr`),
      ...signer,
      '-days',
      String(name === 'server' ? days : 30),
      '-extfile',
      at(`${name}.ext`),
      '-out',
      at(`${name}.crt`),
    );
  };
  request('root', 'Test root');
  sign('root', 'root', 'basicConstraints=critical,CA:TRUE\n');
  request('between', 'Test between');
  sign('between', 'root', 'basicConstraints=critical,CA:TRUE\n');
  request('server', host);
  sign('server', 'between', `subjectAltName=DNS:${host}\n`);
  const read = (name: string): string => readFileSync(at(name), 'utf8');
  const key = read('server.key');
  noteSecret(key.split('\n')[1] ?? key);
  return { authority: read('root.crt'), cert: read('server.crt') + read('between.crt'), key };
}
