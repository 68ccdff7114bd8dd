import { describe, expect, it } from '@jest/globals';
import { routeSchema } from '@mooring/resources';
import { OwnRequests } from '../../src/activity/own-requests.js';
import type { ProbeAnswer, Prober, ProbeTarget } from '../../src/routes/prober.js';
import { askRoute } from '../../src/sessions/probes.js';
import { FakeClock } from '../runtime/fake-clock.js';
import { aSession, SECRET } from './sample.js';

describe('asking through Traefik', () => {
  const session = aSession();
  const { uid } = session.metadata;

  /** How many requests are noted while Traefik is asked, and afterwards. */
  async function noted(answer: ProbeAnswer): Promise<number[]> {
    const clock = new FakeClock();
    const own = new OwnRequests(clock);
    const counts: number[] = [];
    const note = (): number => counts.push(own.between(uid, clock.now(), clock.now()));
    const prober = {
      ask: async () => {
        note();
        return answer;
      },
    } as unknown as Prober;
    await askRoute(prober, session, SECRET, { entryPointUrl: 'http://traefik', byDocument: () => true, hasFallback: true, own });
    note();
    return counts;
  }

  it('notes what may have come to the session, so that nobody takes it for activity', async () => {
    expect(await noted({ status: 200, headers: {}, text: '' })).toEqual([1, 1]);
    expect(await noted({ status: 502, headers: {}, text: '' })).toEqual([1, 1]);
    expect(await noted({ error: 'ECONNRESET' })).toEqual([1, 1]);
  });

  it('shows what it is to who verifies requests, and to nobody where none does', async () => {
    const seen: unknown[] = [];
    const prober = {
      ask: async ({ headers }: ProbeTarget) => {
        seen.push(headers?.['mooring-probe']);
        return { error: 'ECONNREFUSED' };
      },
    } as unknown as Prober;
    const check = { entryPointUrl: 'http://traefik', byDocument: () => true, hasFallback: true };
    await askRoute(prober, session, SECRET, { ...check, proof: (of) => `proof of ${of}` });
    await askRoute(prober, session, SECRET, check);
    expect(seen).toEqual([`proof of ${uid}`, undefined]);
  });

  it('takes a 404 that looks like Traefik’s for the container’s only where the front is behind every name', async () => {
    const named = aSession();
    named.spec.route = routeSchema.parse({ type: 'path', path: '/apps/minion-1' });
    const answer = { status: 404, headers: { 'x-content-type-options': 'nosniff' }, text: '404 page not found' };
    const prober = { ask: async () => answer } as unknown as Prober;
    const asked = async (hasFallback: boolean) =>
      (await askRoute(prober, named, SECRET, { entryPointUrl: 'http://traefik', byDocument: () => false, hasFallback })).ok;
    expect([await asked(true), await asked(false)]).toEqual([true, false]);
  });

  it('and forgets what the front answered', async () => {
    expect(await noted({ status: 200, headers: { 'mooring-front': '1' }, text: '' })).toEqual([1, 0]);
  });
});
