import { describe, expect, it } from '@jest/globals';
import { load, resource } from './support.js';

interface Sample {
  at: string;
  cpuNanoseconds: number;
  memoryBytes: number;
  network?: { receivedBytes: number; sentBytes: number };
  block?: { readBytes: number; writtenBytes: number };
}

const { loadOf, size } = await load<{ loadOf: (samples: Sample[]) => Record<string, (number | null)[]>; size: (bytes: number) => string }>(
  'load.js',
);
const { containerOf, filePath } = await load<{
  containerOf: (session: object) => string | undefined;
  filePath: (session: object, path: string) => string;
}>('container.js');

const second = (number: number, more: Partial<Sample> = {}): Sample => ({
  at: new Date(number * 1000).toISOString(),
  cpuNanoseconds: number * 5e8,
  memoryBytes: 1000 + number,
  ...more,
});

describe('what a container uses', () => {
  it('is a rate between two samples, and a size as it is', () => {
    const network = (receivedBytes: number) => ({ network: { receivedBytes, sentBytes: 0 } });
    const block = { readBytes: 10, writtenBytes: 20 };
    expect(loadOf([second(1, network(0)), second(2, { ...network(100), block }), second(4, { ...network(50), block })])).toEqual({
      times: [2, 4],
      processors: [0.5, 0.5],
      memory: [1002, 1004],
      received: [100, null],
      sent: [0, 0],
      read: [null, 0],
      written: [null, 0],
    });
    expect(loadOf([]).times).toEqual([]);
  });

  it.each([
    [0, '0 B'],
    [0.4, '0 B'],
    [999, '999 B'],
    [1500, '1.5 kB'],
    [2000, '2 kB'],
    [12_345_678, '12 MB'],
    [3e15, '3000 TB'],
  ])('is %p bytes, said as %p', (bytes, said) => {
    expect(size(bytes)).toBe(said);
  });
});

describe('where a container is asked about', () => {
  const session = resource('container-1', { uid: '0a-1b' });

  it('follows from the session that it is', () => {
    expect(containerOf(session)).toBeUndefined();
    Object.assign(session.metadata.labels, { 'mooring.dev/container': 'x' });
    expect(containerOf(session)).toBe('0a1b');
    expect(filePath(session, '/out/a b?#%.txt')).toBe('/v1/container/0a1b/file/out/a%20b%3F%23%25.txt');
  });
});
