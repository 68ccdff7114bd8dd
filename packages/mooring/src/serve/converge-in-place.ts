import type { Controller } from '@mooring/controller';
import type { ProjectClient, RancherClient } from '@mooring/rancher-client';
import type { Logger } from 'pino';
import type { Settings } from '../config/keys.js';
import type { ReadinessBoard } from '../readiness.js';
import { Bell } from './bell.js';
import { explainFailure } from './explain.js';
import { followPlace } from './follow-place.js';
import { locatePlace, type Place, PlaceError } from './locate.js';
import { patiently } from './patiently.js';

export interface InPlace {
  controller: Pick<Controller, 'converge' | 'ready'>;
  client: RancherClient;
  board: ReadinessBoard;
  settings: Settings;
  logger: Logger;
  signal: AbortSignal;
  /** Told of the environment, each time that another one was found. */
  onProject?: (project: ProjectClient) => void;
}

/** Waits for Rancher as long as it takes: a container that gives up would only be started again. */
function locate({ client, settings, logger, signal }: InPlace, tell: (message: string, error: unknown) => void): Promise<Place> {
  return patiently(() => locatePlace(client, settings), {
    signal,
    onFailure: (error, waitMs) => {
      const message = explainFailure(error, settings);
      tell(message, error);
      logger.warn({ waitMs }, `The place for sessions can't be found at Rancher yet: ${message}`);
    },
  });
}

const isGone = (error: unknown): boolean => error instanceof PlaceError && error.code === 'PlaceNotFound';
const isSame = (a: Place, b: Place): boolean => a.projectId === b.projectId && a.stackId === b.stackId && a.stackName === b.stackName;

/**
 * Has the sessions converged where they belong, once that was found, and goes along when it becomes another place. What runs is left as it
 * is while there is none; /readyz says so as soon as Rancher does.
 */
export async function convergeInPlace(options: InPlace): Promise<void> {
  const { controller, client, board, logger, signal } = options;
  const doubts = new Bell();
  const converge = ({ projectId, ...stack }: Place): void => {
    const { stackId } = stack;
    const rancher = client.project(projectId);
    options.onProject?.(rancher);
    controller.converge({ rancher, ...stack, onStackRefused: () => doubts.ring() });
    logger.info({ projectId, stackId }, 'sessions are created in this stack');
  };
  const first = await locate(options, (message) => board.fail('rancher', message));
  converge(first);
  board.attach('rancher', () => controller.ready());
  const onPlace = (place: Place, before: Place): void => {
    board.pass('place');
    if (isSame(place, before)) return;
    logger.warn({ place, before }, 'the place for sessions is another one now: they go on there');
    converge(place);
  };
  const again = () =>
    locate(options, (message, error) => {
      if (isGone(error)) board.fail('place', message);
    });
  followPlace({ first, locate: again, doubts, onPlace, signal }).catch((err: unknown) => {
    if (!signal.aborted) logger.error({ err }, 'the place for sessions is not followed any more');
  });
}
