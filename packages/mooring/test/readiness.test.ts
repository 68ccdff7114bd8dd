import { describe, expect, it } from '@jest/globals';
import { ReadinessBoard } from '../src/readiness.js';

describe('readiness', () => {
  it('waits for every part, and asks those that know themselves', () => {
    const board = new ReadinessBoard({ controller: 'not started', traefik: 'not seen' });
    expect(board.read()).toEqual({
      ok: false,
      checks: { controller: { ok: false, message: 'not started' }, traefik: { ok: false, message: 'not seen' } },
    });
    board.fail('controller', 'Rancher is not there');
    board.pass('traefik');
    expect(board.read()).toMatchObject({ ok: false, checks: { controller: { message: 'Rancher is not there' }, traefik: { ok: true } } });
    let synced = false;
    board.attach('controller', () => ({ ok: synced, checks: { rancher: { ok: synced } } }));
    expect(board.read()).toEqual({ ok: false, checks: { traefik: { ok: true }, rancher: { ok: false } } });
    synced = true;
    expect(board.read().ok).toBe(true);
  });
});
