import type { Session, WatchEvent } from '../../src/index.js';

/** What a caller can do to a Session; `stale` uses the version that was seen one write earlier. */
export type Operation =
  | { type: 'create'; name: string; finalizers: string[] }
  | { type: 'update'; name: string; port: number; finalizers: string[] | undefined; stale: boolean }
  | { type: 'updateStatus'; name: string; phase: Session['status']['phase']; stale: boolean }
  | { type: 'delete'; name: string };

export type Outcome = 'ok' | 'AlreadyExists' | 'NotFound' | 'Conflict' | 'Invalid';

export interface ModelObject {
  port: number;
  phase: string;
  finalizers: string[];
  deleting: boolean;
  generation: number;
}

/** The store's contract, written down as simply as can be. It counts the writes, which are the resourceVersions. */
export class Model {
  readonly objects = new Map<string, ModelObject>();
  writes = 0;

  apply(operation: Operation): Outcome {
    const object = this.objects.get(operation.name);
    if (operation.type === 'create') return this.#create(operation, object);
    if (operation.type === 'delete') return this.#delete(operation.name, object);
    if (object === undefined) return 'NotFound';
    if (operation.stale) return 'Conflict';
    if (operation.type === 'updateStatus') return this.#write(object, { phase: operation.phase });
    return this.#update(operation, object);
  }

  #create({ name, finalizers }: Operation & { type: 'create' }, existing: ModelObject | undefined): Outcome {
    if (existing !== undefined) return 'AlreadyExists';
    this.objects.set(name, { port: 8888, phase: 'Pending', finalizers, deleting: false, generation: 1 });
    this.writes += 1;
    return 'ok';
  }

  #delete(name: string, object: ModelObject | undefined): Outcome {
    if (object === undefined) return 'ok';
    if (object.finalizers.length > 0) return this.#write(object, { deleting: true });
    this.objects.delete(name);
    this.writes += 1;
    return 'ok';
  }

  #update({ name, port, finalizers = [] }: Operation & { type: 'update' }, object: ModelObject): Outcome {
    if (object.deleting && finalizers.some((finalizer) => !object.finalizers.includes(finalizer))) return 'Invalid';
    const generation = object.generation + (port === object.port ? 0 : 1);
    const outcome = this.#write(object, { port, finalizers, generation });
    if (object.deleting && finalizers.length === 0) this.objects.delete(name);
    return outcome;
  }

  #write(object: ModelObject, changes: Partial<ModelObject>): Outcome {
    const before = JSON.stringify(object);
    Object.assign(object, changes);
    if (JSON.stringify(object) !== before) this.writes += 1;
    return 'ok';
  }
}

export function modelOf({ spec, status, metadata }: Session): ModelObject {
  return {
    port: spec.launch.port,
    phase: status.phase,
    finalizers: metadata.finalizers,
    deleting: metadata.deletionTimestamp !== undefined,
    generation: metadata.generation,
  };
}

/** The objects that these changes lead to. */
export function replay(events: readonly WatchEvent<'Session'>[], start: readonly Session[] = []): Session[] {
  const objects = new Map(start.map((object) => [object.metadata.name, object]));
  for (const { type, object } of events) {
    if (type === 'DELETED') objects.delete(object.metadata.name);
    else objects.set(object.metadata.name, object);
  }
  return [...objects.values()].sort((a, b) => (a.metadata.name < b.metadata.name ? -1 : 1));
}
