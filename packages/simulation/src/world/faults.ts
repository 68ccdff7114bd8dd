import type { Call, CallFault, ListFault, Outage } from '../schedule/events.js';
import type { Tally } from './tally.js';

interface Armed<F> {
  call: Call | 'any';
  fault: F;
  left: number;
}

/** An outage is a fault that every call meets. */
const AS_FAULT: Readonly<Record<Outage, CallFault>> = {
  down: 'refused',
  slow: 'slow',
  html: 'html',
  'error-500': 'error-500',
  unauthorized: 'unauthorized',
};

/** Which faults wait for a call to meet them. Each meets the next calls that it fits, and is then used up. */
export class Faults {
  #armed: Armed<CallFault>[] = [];
  #lists: Armed<ListFault>[] = [];
  #outage: Outage | undefined;
  #probes = 0;

  constructor(
    private readonly tally: Tally,
    private readonly onListFault: () => void = () => undefined,
  ) {}

  arm(call: Call | 'any', fault: CallFault, count: number): void {
    this.#armed.push({ call, fault, left: count });
  }

  armList(fault: ListFault, count: number): void {
    this.#lists.push({ call: 'list', fault, left: count });
  }

  armProbes(count: number): void {
    this.#probes += count;
  }

  set outage(outage: Outage | undefined) {
    this.#outage = outage;
  }

  /** From now on all goes well. */
  clear(): void {
    this.#armed = [];
    this.#lists = [];
    this.#outage = undefined;
    this.#probes = 0;
  }

  /** What the call that is made now meets. */
  meet(call: Call): CallFault | undefined {
    if (this.#outage !== undefined) {
      this.tally.count(`outage ${this.#outage}`);
      return AS_FAULT[this.#outage];
    }
    const armed = take(this.#armed, call);
    if (armed) this.tally.count(`fault ${armed}`);
    return armed;
  }

  /** What the list that is answered now is like. */
  meetList(): ListFault | undefined {
    const armed = take(this.#lists, 'list');
    if (!armed) return undefined;
    this.tally.count(`fault ${armed}`);
    this.onListFault();
    return armed;
  }

  meetProbe(): boolean {
    if (this.#probes === 0) return false;
    this.#probes -= 1;
    this.tally.count('fault probe');
    return true;
  }
}

function take<F>(armed: Armed<F>[], call: Call): F | undefined {
  const index = armed.findIndex((each) => each.call === 'any' || each.call === call);
  const found = armed[index];
  if (!found) return undefined;
  found.left -= 1;
  if (found.left <= 0) armed.splice(index, 1);
  return found.fault;
}
