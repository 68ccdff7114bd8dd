import { MetadataClient, type MetadataSelf, type RancherClient, type Stack } from '@mooring/rancher-client';
import type { Settings } from '../config/keys.js';

/** Where sessions are created. */
export interface Place {
  projectId: string;
  stackId: string;
  /** Missing where it has none. */
  stackName?: string;
}

/** The place can't be told, though Rancher answers: it is not there, or its metadata service says nothing. */
export class PlaceError extends Error {
  override readonly name = 'PlaceError';
  constructor(
    message: string,
    readonly code: 'PlaceNotFound' | 'MetadataUnreachable' = 'PlaceNotFound',
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

type PlaceSettings = Pick<Settings, 'rancher_env_url' | 'rancher_stack_id' | 'rancher_stack_name' | 'rancher_meta'>;
type OwnStack = NonNullable<MetadataSelf['stack']>;

/** Asks the metadata service at most once, and only where the configuration leaves something open. */
class OwnPlace {
  private answer: Promise<OwnStack> | undefined;

  constructor(private readonly url: string) {}

  read(): Promise<OwnStack> {
    this.answer ??= this.ask();
    return this.answer;
  }

  private async ask(): Promise<OwnStack> {
    const client = new MetadataClient({ url: this.url });
    try {
      const { stack } = await client.self();
      if (stack) return stack;
    } catch (error) {
      throw new PlaceError(
        `Rancher's metadata service at ${this.url} can't be asked for the own stack (${error instanceof Error ? error.message : error}) Correct rancher_meta, or set rancher_env_url and rancher_stack_name.`,
        'MetadataUnreachable',
        { cause: error },
      );
    } finally {
      await client.close();
    }
    throw new PlaceError(
      `Rancher's metadata service at ${this.url} knows no stack that this container belongs to; set rancher_env_url and rancher_stack_name.`,
    );
  }
}

/** A stack that goes holds its name for a moment, and takes no more services (recording 07-19). */
const GOING = new Set(['removing', 'removed', 'purging', 'purged']);
const stays = ({ state }: Stack): boolean => !GOING.has(state);

const sameName = (a: string | null, b: string | null): boolean => a !== null && b !== null && a.toLowerCase() === b.toLowerCase();
const named = (names: readonly (string | null)[]): string => (names.length > 0 ? names.join(', ') : 'none');

async function locateProject(client: RancherClient, settings: PlaceSettings, own: OwnPlace): Promise<string> {
  if (settings.rancher_env_url !== undefined) {
    const project = await client.projects.find(settings.rancher_env_url);
    if (project) return project.id;
    throw new PlaceError(`There is no environment ${settings.rancher_env_url} at Rancher; correct rancher_env_url.`);
  }
  const { environment_name: name } = await own.read();
  const projects = await client.projects.list();
  const project = projects.find((candidate) => sameName(candidate.name, name));
  if (project) return project.id;
  throw new PlaceError(
    `The metadata service names the environment ${JSON.stringify(name)}, and the API key sees: ${named(projects.map((candidate) => candidate.name))}. Use a key of that environment, or set rancher_env_url.`,
  );
}

function pickStack(stacks: readonly Stack[], name: string | null, key: string): Stack {
  // Names are unique without regard to case; the exact one goes first all the same.
  const stack = stacks.find((candidate) => candidate.name === name) ?? stacks.find((candidate) => sameName(candidate.name, name));
  if (stack) return stack;
  throw new PlaceError(
    `There is no stack ${JSON.stringify(name)} (${key}); there are: ${named(stacks.map((candidate) => candidate.name))}.`,
  );
}

async function locateStack(client: RancherClient, projectId: string, settings: PlaceSettings, own: OwnPlace): Promise<Stack> {
  const { stacks } = client.project(projectId);
  if (settings.rancher_stack_id !== undefined) {
    const stack = await stacks.find(settings.rancher_stack_id);
    if (stack && stays(stack)) return stack;
    throw new PlaceError(`There is no stack ${settings.rancher_stack_id} in environment ${projectId}; correct rancher_stack_id.`);
  }
  const configured = settings.rancher_stack_name;
  const name = configured ?? (await own.read()).name;
  return pickStack(
    (await stacks.list()).filter(stays),
    name,
    configured === undefined ? "this container's own, by the metadata service" : 'rancher_stack_name',
  );
}

/**
 * Finds the environment and the stack: as configured, else those of this container, by Rancher's metadata service.
 *
 * @throws PlaceError, or what the clients throw.
 */
export async function locatePlace(client: RancherClient, settings: PlaceSettings): Promise<Place> {
  const own = new OwnPlace(settings.rancher_meta);
  const projectId = await locateProject(client, settings, own);
  const { id: stackId, name: stackName } = await locateStack(client, projectId, settings, own);
  return { projectId, stackId, ...(stackName !== null && { stackName }) };
}
