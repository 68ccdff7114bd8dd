import type { Session } from '@mooring/resources';
import { z } from 'zod';
import type { ApiScope } from '../../api/context.js';
import { answer, problems, SIGNED_IN } from '../../api/problems.js';
import { Problem } from '../../http/problem.js';
import { phaseOf } from '../../sessions/status.js';
import type { ViewContext } from '../context.js';
import { idOf } from '../names.js';
import { filesCode } from '../ports/container-files.js';
import { asking } from '../ports/problems.js';
import { idParams, tags } from './container-routes.js';
import { findContainer } from './find.js';

const NOT_STARTED = 'not started';

/** systemd's words, as boatload had them of Fleet. */
const ACTIVE_STATES: Readonly<Record<string, string>> = {
  Pending: 'inactive',
  Starting: 'activating',
  Ready: 'active',
  Stopping: 'deactivating',
  Stopped: 'inactive',
  Failed: 'failed',
  Terminating: 'deactivating',
};

const stateSchema = z.object({
  fleet_state: z.object({
    name: z.string(),
    activeState: z.string().describe('inactive, activating, active, deactivating or failed.'),
    loadState: z.string().describe('loaded, once Rancher has the service.'),
    subState: z.string().describe('The container’s state as Rancher says it.'),
  }),
  docker_state: z
    .object({
      Status: z.string().describe('As Docker says it; `not started` before there is a container.'),
      Running: z.boolean().optional(),
      Paused: z.boolean().optional(),
      Restarting: z.boolean().optional(),
      OOMKilled: z.boolean().optional(),
      Dead: z.boolean().optional(),
      Pid: z.int().optional(),
      ExitCode: z.int().optional(),
      Error: z.string().optional(),
      StartedAt: z.string().optional(),
      FinishedAt: z.string().optional(),
    })
    .describe('The container itself.'),
});

const fleetState = (session: Session) => ({
  name: idOf(session),
  activeState: ACTIVE_STATES[phaseOf(session)] ?? 'inactive',
  loadState: session.status.service === undefined ? 'not-found' : 'loaded',
  subState: session.status.container?.state ?? session.status.service?.state ?? NOT_STARTED,
});

async function dockerState({ status }: Session, { options }: ViewContext): Promise<z.infer<typeof stateSchema>['docker_state']> {
  if (status.container === undefined) return { Status: NOT_STARTED };
  try {
    return await options.files.state(status.container.id);
  } catch (error) {
    if (filesCode(error) === 'NotFound') return { Status: NOT_STARTED };
    return asking(Promise.reject(error));
  }
}

function noScript(): Problem {
  const detail = 'The script is not here yet: it is fetched when the container starts.';
  return new Problem({ status: 404, code: 'no-script', title: 'Not Found', detail });
}

export function addState(scope: ApiScope, context: ViewContext): void {
  const state = {
    operationId: 'getContainerState',
    tags,
    summary: 'Its state, as the scheduler and as Docker say it.',
    params: idParams,
    response: { 200: answer('Both.', stateSchema), ...problems(...SIGNED_IN, 404, 409) },
  };
  scope.get('/container/:id/state', { schema: state }, async (request) => {
    const session = await findContainer(request, request.params.id, context);
    return { fleet_state: fleetState(session), docker_state: await dockerState(session, context) };
  });
  const script = {
    operationId: 'getContainerScript',
    tags,
    summary: 'The script that it runs.',
    params: idParams,
    response: { 200: answer('As it was given.', z.any(), 'application/octet-stream'), ...problems(...SIGNED_IN, 404) },
  };
  scope.get('/container/:id/script', { schema: script }, async (request, reply) => {
    const session = await findContainer(request, request.params.id, context);
    const text = await context.jobs.script(idOf(session));
    if (text === undefined) throw noScript();
    return reply.type('application/octet-stream').header('Content-Disposition', 'attachment').send(text);
  });
}
