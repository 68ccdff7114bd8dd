import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { type Admit, requireAll } from '../api/access.js';
import type { Authenticate } from '../identity/caller.js';
import { hasRole } from '../identity/role.js';
import { leadToSignIn, signInAgain } from '../login/lead.js';
import type { SignIn } from '../login/sign-in.js';
import { addAssetRoutes } from '../pages/assets.js';
import { dashboardPage } from './page.js';

/** Below what Traefik leads to the front already; `-` is no name of a session. */
const FRONT_PATH = '/narrative_session/-/dashboard';
const CONFIG = { config: { door: 'dashboard' } } as const;

const send = (reply: FastifyReply): FastifyReply => reply.type('text/html; charset=utf-8').send(dashboardPage.text);

export interface DashboardOptions {
  authenticate: Authenticate;
  signIn: SignIn;
  statusRole: string | undefined;
}

/** For administrators (the status role); whoever isn't signed in is led there first. What the page shows it asks of the API, which checks again. */
export function dashboardRoute({ authenticate, signIn, statusRole }: DashboardOptions) {
  const handle = async (request: FastifyRequest, reply: FastifyReply) => {
    const caller = await authenticate(request);
    if (caller.kind === 'nobody') return leadToSignIn(request, reply, signIn, FRONT_PATH);
    if (caller.kind === 'rejected') return signInAgain(request, reply, signIn, FRONT_PATH);
    requireAll({ user: caller.identity.user, all: hasRole(caller, statusRole), by: caller.by });
    return send(reply);
  };
  return async (scope: FastifyInstance): Promise<void> => {
    for (const path of [FRONT_PATH, `${FRONT_PATH}/`]) scope.get(path, CONFIG, handle);
  };
}

/** The same on the internal listener, for whoever may use its API. */
export function internalDashboard(admit: Admit) {
  return async (scope: FastifyInstance): Promise<void> => {
    addAssetRoutes(scope);
    for (const path of ['/dashboard', '/dashboard/']) {
      scope.get(path, CONFIG, async (request, reply) => {
        await admit(request);
        return send(reply);
      });
    }
  };
}
