import { describe, expect, it } from '@jest/globals';
import { badReferences, cycleOf, neededBy, resolveEnv } from '../../src/containers/templates.js';

describe('references to other containers', () => {
  const env = {
    URL: 'tcp://{{ containers.db.address }}:{{containers.db.port.5432}}/x',
    OTHER: '{{ containers.cache-1.port.6379 }}',
    PLAIN: 'a',
  };
  const there: Record<string, { ip: string; ports: number[] }> = {
    db: { ip: '10.42.0.7', ports: [5432] },
    'cache-1': { ip: '10.42.0.8', ports: [6379] },
  };

  it('are known by their form', () => {
    expect(neededBy(env)).toEqual(['cache-1', 'db']);
    expect(badReferences('{{ containers.db.host }} {{x}} {{ containers.db.address }}')).toEqual(['{{ containers.db.host }}', '{{x}}']);
  });

  it('are filled in once all are there', () => {
    expect(resolveEnv(env, (name) => there[name])).toEqual({
      kind: 'resolved',
      env: { URL: 'tcp://10.42.0.7:5432/x', OTHER: '6379' },
    });
    expect(resolveEnv(env, (name) => (name === 'db' ? there.db : undefined))).toEqual({ kind: 'waiting', for: 'cache-1' });
    expect(resolveEnv({ A: '{{ containers.db.port.80 }}' }, (name) => there[name])).toMatchObject({ kind: 'wrong' });
  });

  it('must not lead back', () => {
    const needs: Record<string, string[]> = { b: ['c'], c: ['d'], d: ['a'], x: ['x'] };
    const of = (name: string) => needs[name] ?? [];
    expect(cycleOf('a', ['b'], of)).toEqual(['a', 'b', 'c', 'd', 'a']);
    expect(cycleOf('a', ['a'], of)).toEqual(['a', 'a']);
    expect(cycleOf('e', ['b', 'x'], of)).toBeUndefined();
  });
});
