import { describe, expect, it } from '@jest/globals';
import { RancherError, RancherUnreachableError } from '@mooring/rancher-client';
import type { Session } from '@mooring/resources';
import { tailOf } from '../../src/sessions/tail.js';

const session = (container?: { id: string }): Session => ({ status: { conditions: [], container } }) as unknown as Session;
const fails = (error: Error) => ({ logs: () => Promise.reject(error) });
const name = { method: 'POST', path: '/containers/1i1' };
const away = new RancherUnreachableError(name, { code: 'Connection', outcome: 'unknown', reason: 'it is away' });

describe('the tail of a session’s log', () => {
  it('is asked of its container', async () => {
    const asked: unknown[] = [];
    const logs = async (id: string, options?: object) => {
      asked.push([id, options]);
      return ['a', 'b'];
    };
    await expect(tailOf(session({ id: '1i7' }), 2, { logs })).resolves.toEqual({ kind: 'lines', lines: ['a', 'b'] });
    expect(asked).toEqual([['1i7', { lines: 2 }]]);
  });

  it('is none without a container, and of one that is gone', async () => {
    const gone = new RancherError(name, { status: 404, code: 'NotFound' });
    await expect(tailOf(session({ id: '1i7' }), 2, fails(gone))).resolves.toEqual({ kind: 'none' });
    const refused = new RancherError(name, { status: 501, code: 'HostApiProxyDisabled' });
    await expect(tailOf(session({ id: '1i7' }), 2, fails(refused))).resolves.toMatchObject({ kind: 'unavailable' });
    await expect(tailOf(session(), 2, fails(away))).resolves.toEqual({ kind: 'none' });
  });

  it('can’t be had while Rancher is away, or not known', async () => {
    await expect(tailOf(session({ id: '1i7' }), 2, fails(away))).resolves.toMatchObject({ kind: 'unavailable', why: away.message });
    await expect(tailOf(session({ id: '1i7' }), 2, undefined)).resolves.toMatchObject({ kind: 'unavailable' });
  });

  it('tells nobody of what is wrong with ourselves', async () => {
    await expect(tailOf(session({ id: '1i7' }), 2, fails(new TypeError('x')))).rejects.toThrow(TypeError);
  });
});
