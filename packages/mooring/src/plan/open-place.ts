import { type ProjectClient, RancherClient } from '@mooring/rancher-client';
import { readConfig } from '../config/config.js';
import { PROJECT, STACK } from '../local/rancher.js';
import { portsFrom } from '../process/ports.js';
import { variableOf } from '../process/proc.js';
import { explainFailure } from '../serve/explain.js';
import { locatePlace, type Place } from '../serve/locate.js';
import { isLocal, type Whereabouts } from './is-local.js';

/** Rancher or the store can't be read. */
export class CannotPlanError extends Error {
  override readonly name = 'CannotPlanError';
  readonly code = 'CannotPlan';
}

export interface PlaceOptions extends Whereabouts {
  /** The process that uses the data folder, if one does. */
  holder: number | undefined;
}

/** Where the sessions are, and how to ask there. */
export interface OpenedPlace {
  /** Rancher's address, without its key. */
  url: string;
  place: Place;
  /** Traefik's entry point that the services' labels name. */
  entryPoint: string;
  /** @throws CannotPlanError */
  ask<T>(question: (rancher: ProjectClient) => Promise<T>): Promise<T>;
  close(): Promise<void>;
}

/** How long a call to Rancher may take, in ms: a list of thousands of services takes seconds. */
const DEADLINE_MS = 60_000;
const ENTRY_POINT = 'web';

/** @throws ConfigError, CannotPlanError */
export async function openPlace(options: PlaceOptions): Promise<OpenedPlace> {
  return (await isLocal(options)) ? openLocal(options) : openServed(options);
}

async function openServed({ environment, machine }: PlaceOptions): Promise<OpenedPlace> {
  const { settings } = readConfig(environment, machine, 'serve');
  const { rancher_url: url = '', rancher_user: accessKey, rancher_password: secretKey } = settings;
  const client = new RancherClient({ url, accessKey, secretKey, deadlineMs: DEADLINE_MS });
  return open(client, {
    url,
    locate: () => locatePlace(client, settings),
    explain: (error) => `The place for sessions can't be read: ${explainFailure(error, settings)}`,
  });
}

async function openLocal({ environment, machine, folder, holder }: PlaceOptions): Promise<OpenedPlace> {
  if (holder === undefined)
    throw new CannotPlanError(
      `Nothing runs on the data folder ${folder}, and so its local Rancher doesn't either. Run mooring start there first, or set MOORING_DATA to the folder of one that runs.`,
    );
  // It may have been started with other ports than are configured here.
  const base = await variableOf(holder, 'MOORING_PORT_BASE');
  const { settings } = readConfig({ ...environment, ...(base !== undefined && { MOORING_PORT_BASE: base }) }, machine, 'start');
  const url = `http://127.0.0.1:${portsFrom(settings.MOORING_PORT_BASE).rancher}/v2-beta`;
  const client = new RancherClient({ url, deadlineMs: DEADLINE_MS });
  return open(client, {
    url,
    locate: () => locateLocally(client),
    explain: (error) => `Local Rancher at ${url} can't be read: ${messageOf(error)} Set MOORING_PORT_BASE as mooring start has it.`,
  });
}

async function locateLocally(client: RancherClient): Promise<Place> {
  const [stack] = await client.project(PROJECT).stacks.list({ name: STACK });
  if (!stack) throw new CannotPlanError(`There is no stack ${STACK} yet.`);
  return { projectId: PROJECT, stackId: stack.id };
}

interface Way {
  url: string;
  locate: () => Promise<Place>;
  explain: (error: unknown) => string;
}

async function open(client: RancherClient, { url, locate, explain }: Way): Promise<OpenedPlace> {
  const told = async <T>(question: () => Promise<T>): Promise<T> => {
    try {
      return await question();
    } catch (cause) {
      throw new CannotPlanError(explain(cause), { cause });
    }
  };
  try {
    const place = await told(locate);
    const rancher = client.project(place.projectId);
    return { url, place, entryPoint: ENTRY_POINT, ask: (question) => told(() => question(rancher)), close: () => client.close() };
  } catch (error) {
    await client.close();
    throw error;
  }
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
