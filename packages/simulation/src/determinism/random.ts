import { uniformInt } from 'pure-rand/distribution/uniformInt';
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';

/** What a seed decides; the same seed gives the same choices. */
export interface Random {
  /** A whole number from `from` to `to`, both included. */
  int(from: number, to: number): number;
  /** True `percent` times in a hundred. */
  chance(percent: number): boolean;
  pick<T>(items: readonly [T, ...T[]]): T;
  /** One by its weight. */
  weighted<T>(items: readonly (readonly [weight: number, item: T])[]): T;
  bytes(length: number): Uint8Array;
}

export function createRandom(seed: number): Random {
  const generator = xoroshiro128plus(seed);
  const int = (from: number, to: number): number => uniformInt(generator, from, to);
  return {
    int,
    chance: (percent) => int(1, 100) <= percent,
    pick: <T>(items: readonly [T, ...T[]]) => items[int(0, items.length - 1)] as T,
    weighted: <T>(items: readonly (readonly [number, T])[]) => {
      let left = int(
        1,
        items.reduce((sum, [weight]) => sum + weight, 0),
      );
      const found = items.find(([weight]) => {
        left -= weight;
        return left <= 0;
      });
      return (found as readonly [number, T])[1];
    },
    bytes: (length) => {
      const bytes = new Uint8Array(length);
      // What int(0, 255) gives, without its division: a pass of the loop makes sixteen.
      for (let index = 0; index < length; index++) bytes[index] = generator.next() & 255;
      return bytes;
    },
  };
}
