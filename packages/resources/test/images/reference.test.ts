import { describe, expect, it } from '@jest/globals';
import { type ImageReference, parseReference, sameRepository } from '../../src/images/reference.js';

const DIGEST = `sha256:${'ab'.repeat(32)}`;
const parsed = (text: string): ImageReference => {
  const reference = parseReference(text);
  if (!reference) throw new Error(`${text} is no reference`);
  return reference;
};

describe('a reference', () => {
  it.each<[string, ImageReference]>([
    ['nginx', { registry: 'docker.io', repository: 'library/nginx' }],
    ['docker:nginx:1.27', { registry: 'docker.io', repository: 'library/nginx', tag: '1.27' }],
    ['acme/web:2.0', { registry: 'docker.io', repository: 'acme/web', tag: '2.0' }],
    ['index.docker.io/acme/web', { registry: 'docker.io', repository: 'acme/web' }],
    ['docker.io/nginx', { registry: 'docker.io', repository: 'library/nginx' }],
    ['registry.example:5000/web', { registry: 'registry.example:5000', repository: 'web' }],
    ['localhost/a/b/c:x', { registry: 'localhost', repository: 'a/b/c', tag: 'x' }],
    ['localhost:5000/web:5000', { registry: 'localhost:5000', repository: 'web', tag: '5000' }],
    ['[::1]:5000/web', { registry: '[::1]:5000', repository: 'web' }],
    ['GHCR.io/acme/web', { registry: 'ghcr.io', repository: 'acme/web' }],
    [`acme/web@${DIGEST}`, { registry: 'docker.io', repository: 'acme/web', digest: DIGEST }],
    [`ghcr.io/acme/web:1@${DIGEST}`, { registry: 'ghcr.io', repository: 'acme/web', tag: '1', digest: DIGEST }],
    ['a__b/c--d/e.f', { registry: 'docker.io', repository: 'a__b/c--d/e.f' }],
  ])('%s is taken apart', (text, expected) => {
    expect(parseReference(text)).toEqual(expected);
  });

  it.each([
    '',
    ':1.0',
    'docker:',
    'a b',
    'Acme',
    'acme/Web',
    'acme//web',
    '/web',
    'web/',
    'web:',
    'web:-1',
    `web:${'a'.repeat(129)}`,
    'web@sha256:12',
    `web@${DIGEST}@${DIGEST}`,
    'host:port/web',
    'a___b',
    'https://registry.example/web',
    `${'a'.repeat(256)}`,
  ])('%j is none', (text) => {
    expect(parseReference(text)).toBeUndefined();
  });
});

describe('the same repository', () => {
  it.each([
    ['acme/web:1.0', 'docker:acme/web:2.0', true],
    ['nginx', 'docker.io/library/nginx:1', true],
    ['acme/web1:1.0', 'acme/web:2.0', false],
    ['acme/web2:1.0', 'acme/web1:2.0', false],
    ['registry.example/acme/web', 'acme/web', false],
    ['registry.example:5000/web', 'registry.example:5001/web', false],
    ['acme/web', 'other/web', false],
  ])('%s and %s: %s', (a, b, expected) => {
    expect(sameRepository(parsed(a), parsed(b))).toBe(expected);
  });
});
