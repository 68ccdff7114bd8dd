import type { Session } from '@mooring/resources';

/** The cookie that routes to a session; `fallback` where its route is of another kind. */
export const routeCookie = ({ spec: { route } }: Session, fallback: string): string =>
  route.type === 'cookie' ? route.cookieName : fallback;
