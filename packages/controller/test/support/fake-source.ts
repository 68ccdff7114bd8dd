import type { ActivitySourceName } from '@mooring/resources';
import type { ActivitySource, Reading, Readings, Target } from '../../src/activity/reading.js';

/** A source that says of every session what a test has it say. */
export class FakeSource implements ActivitySource {
  /** The uids that were asked for, one list a call. */
  readonly asked: string[][] = [];
  says: (target: Target) => Reading | Promise<Reading>;

  constructor(
    readonly name: ActivitySourceName,
    readonly cost: 'cheap' | 'dear',
    reading: Reading,
  ) {
    this.says = () => reading;
  }

  async read(targets: readonly Target[]): Promise<Readings> {
    this.asked.push(targets.map(({ session }) => session.metadata.uid));
    return new Map(
      await Promise.all(targets.map(async (target) => [target.session.metadata.uid, await this.says(target)] satisfies [string, Reading])),
    );
  }
}
