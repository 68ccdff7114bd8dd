import type { AddressInfo } from 'node:net';
import { viewOf } from '../../packages/http-front/src/sessions/status.js';
import { type TestFront, testFront } from '../../packages/http-front/test/support/front.js';
import type { Session } from '../../packages/resources/src/index.js';

/** A front that listens, with sessions that tests make up: nobody starts anything. */
export interface MadeUpFront extends TestFront {
  origin: string;
  /** Somebody's cookie. */
  cookieOf(user: string): { name: string; value: string; url: string };
  /** What the event stream would say of a session, with more to it. */
  event(session: Session, more?: object): string;
}

type Queue = { place: number; of: number };

export async function openMadeUpFront(options: Parameters<typeof testFront>[0] = {}): Promise<MadeUpFront> {
  const front = await testFront(options);
  await front.app.listen({ host: '127.0.0.1', port: 0 });
  const origin = `http://127.0.0.1:${(front.app.server.address() as AddressInfo).port}`;
  return {
    ...front,
    origin,
    cookieOf: (user) => ({ name: 'kbase_session', value: `token-${user}`, url: origin }),
    event: (session, { queue }: { queue?: Queue } = {}) =>
      `event: status\ndata: ${JSON.stringify(viewOf(session, '/narrative/', queue))}\n\n`,
  };
}
