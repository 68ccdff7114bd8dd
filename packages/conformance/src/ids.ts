type Json = Readonly<Record<string, unknown>>;

/** The letters that ids of a collection begin with, by its name in addresses. */
const PREFIXES: Readonly<Record<string, string>> = {
  services: '1s',
  service: '1s',
  stacks: '1st',
  stack: '1st',
  environments: '1st',
  containers: '1i',
  container: '1i',
  instances: '1i',
  hosts: '1h',
  apikeys: '1c',
};

const ID = /^(1[a-z]+)(\d+)$/i;

export const isObject = (value: unknown): value is Json => typeof value === 'object' && value !== null && !Array.isArray(value);

const idsOf = (value: unknown): string[] => (Array.isArray(value) ? value.filter((item) => typeof item === 'string') : []);

export interface Unknown {
  id: string;
  /** The letters of its kind. */
  prefix: string;
}

/** Which object here stands for which of the recordings. */
export class Ids {
  readonly #ours = new Map<string, string>();
  readonly #recorded = new Map<string, string>();

  link(recorded: string, ours: string): void {
    if (this.#ours.has(recorded)) return;
    this.#ours.set(recorded, ours);
    this.#recorded.set(ours, recorded);
  }

  has(recorded: string): boolean {
    return this.#ours.has(recorded);
  }

  ours(recorded: string): string | undefined {
    return this.#ours.get(recorded);
  }

  recorded(ours: string): string | undefined {
    return this.#recorded.get(ours);
  }

  /** Two answers that tell of the same object: its id, its uuid and its containers. */
  learn(recorded: unknown, ours: unknown): void {
    // An error's id is nobody's.
    if (!isObject(recorded) || !isObject(ours) || recorded.type === 'error') return;
    for (const field of ['id', 'uuid']) {
      const [theirs, mine] = [recorded[field], ours[field]];
      if (typeof theirs === 'string' && typeof mine === 'string') this.link(theirs, mine);
    }
    const [theirs, mine] = [idsOf(recorded.instanceIds), idsOf(ours.instanceIds)];
    if (theirs.length === mine.length) for (const [index, id] of theirs.entries()) this.link(id, mine[index] ?? id);
  }

  /** A body with our ids in it. */
  translate(value: unknown): unknown {
    if (typeof value === 'string') return this.#ours.get(value) ?? value;
    if (Array.isArray(value)) return value.map((item) => this.translate(item));
    if (!isObject(value)) return value;
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, this.translate(item)]));
  }

  /** A path and query with our ids in it. */
  translateUrl(url: URL): string {
    const segments = url.pathname.split('/');
    const path = segments.map((segment, index) => this.#translateSegment(segments[index - 1]?.toLowerCase() ?? '', segment)).join('/');
    const collection = segments.findLast((segment) => PREFIXES[segment.toLowerCase()] !== undefined)?.toLowerCase() ?? '';
    return `${path}${this.#translateQuery(url.search, collection)}`;
  }

  /** Ids that the address names and that nothing stands for yet. */
  unknownIn(url: URL): Unknown[] {
    const segments = url.pathname.split('/');
    return segments.flatMap((segment, index) => {
      const id = canonical(segments[index - 1]?.toLowerCase() ?? '', segment);
      return id === undefined || this.has(id.id) || id.number >= MADE_UP ? [] : [{ id: id.id, prefix: id.prefix }];
    });
  }

  /** The id that a field of a body names, where nothing stands for it yet. */
  unknownAs(body: unknown, field: string, prefix: string): Unknown[] {
    const id = isObject(body) ? body[field] : undefined;
    const number = typeof id === 'string' && id.startsWith(prefix) ? Number(ID.exec(id)?.[2] ?? MADE_UP) : MADE_UP;
    return typeof id === 'string' && number < MADE_UP && !this.has(id) ? [{ id, prefix }] : [];
  }

  /** The letters of an id aren't checked by Rancher, so they stay as they are: only the number is ours (recording 03-09c). */
  #translateSegment(collection: string, segment: string): string {
    const id = canonical(collection, segment);
    const ours = id && this.#ours.get(id.id);
    return id && ours ? `${id.given}${ID.exec(ours)?.[2] ?? id.number}` : segment;
  }

  #translateQuery(search: string, collection: string): string {
    const prefix = PREFIXES[collection] ?? '';
    return search.replace(/([?&])([^=&]+)=([^&]*)/g, (_all, start: string, name: string, value: string) => {
      const number = name === 'id' && /^\d+$/.test(value) ? ID.exec(this.#ours.get(`${prefix}${value}`) ?? '')?.[2] : undefined;
      return `${start}${name}=${number ?? this.#ours.get(value) ?? value}`;
    });
  }
}

/** Numbers from here on were made up by the recorder, for what isn't there. */
const MADE_UP = 90_000;

const canonical = (collection: string, segment: string): { id: string; prefix: string; given: string; number: number } | undefined => {
  const prefix = PREFIXES[collection];
  const [, given, digits] = ID.exec(segment) ?? [];
  if (prefix === undefined || given === undefined || digits === undefined) return undefined;
  return { id: `${prefix}${digits}`, prefix, given, number: Number(digits) };
};
