import type { ContainerRecord, ServiceRecord } from '../../model/records.js';
import type { Scope } from './links.js';
import { type Body, Views } from './views.js';

interface Shown<T> {
  /** Where its links pointed. */
  base: string;
  /** What else it followed from. */
  from: T;
  body: Body;
}

/**
 * Views for whoever asks for the same objects over and over: of what nothing happened to, the body of before. Records never change (what
 * happens to an object makes a new one), so neither may the bodies.
 */
export class RememberingViews extends Views {
  readonly #services = new WeakMap<ServiceRecord, Shown<readonly ContainerRecord[]>>();
  readonly #containers = new WeakMap<ContainerRecord, Shown<boolean>>();

  /** As JSON, of each body that was shown before. */
  readonly #texts = new WeakMap<object, string>();

  override service(service: ServiceRecord, scope: Scope): Body {
    const containers = this.containersOf(service.id);
    const known = this.#services.get(service);
    if (known?.base === scope.base && isSame(known.from, containers)) return known.body;
    const body = super.service(service, scope);
    this.#services.set(service, { base: scope.base, from: containers, body });
    this.#texts.set(body, '');
    return body;
  }

  override container(container: ContainerRecord, scope: Scope): Body {
    const isPurged = this.isPurged(container);
    const known = this.#containers.get(container);
    if (known?.base === scope.base && known.from === isPurged) return known.body;
    const body = super.container(container, scope);
    this.#containers.set(container, { base: scope.base, from: isPurged, body });
    this.#texts.set(body, '');
    return body;
  }

  /** An answer as JSON: what of it was shown before is put into words once. */
  jsonOf(answer: Body): string {
    const lists = Object.entries(answer).filter((entry): entry is [string, Body[]] => this.#isOfRemembered(entry[1]));
    if (lists.length === 0) return this.#textOf(answer);
    const rest = JSON.stringify({ ...answer, ...Object.fromEntries(lists.map(([name]) => [name, undefined])) });
    const texts = lists.map(([name, bodies]) => `${JSON.stringify(name)}:[${bodies.map((body) => this.#textOf(body)).join(',')}]`);
    return `${rest.slice(0, -1)},${texts.join(',')}}`;
  }

  #isOfRemembered(value: unknown): boolean {
    return Array.isArray(value) && value.length > 0 && value.every((each) => this.#texts.has(each));
  }

  #textOf(body: Body): string {
    const known = this.#texts.get(body);
    if (known) return known;
    const text = JSON.stringify(body);
    if (known !== undefined) this.#texts.set(body, text);
    return text;
  }
}

const isSame = (before: readonly ContainerRecord[], now: readonly ContainerRecord[]): boolean =>
  before.length === now.length && before.every((container, index) => container === now[index]);
