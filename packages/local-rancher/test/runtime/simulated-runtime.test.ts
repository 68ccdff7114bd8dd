import { describe, expect, it } from '@jest/globals';
import { type ContainerSpec, createSimulatedRuntime, ImageNotFoundError } from '../../src/runtime/index.js';

const spec = (uuid: string, more: Partial<ContainerSpec> = {}): ContainerSpec => ({
  ...{ uuid, name: uuid, image: 'any', env: {}, labels: {}, volumes: [], ports: [] },
  ...more,
});

describe('a simulated runtime', () => {
  it('gives ten thousand containers an address each', async () => {
    const runtime = createSimulatedRuntime();
    const started = await Promise.all(Array.from({ length: 10_000 }, (_, index) => runtime.start(spec(`c${index}`))));
    expect(new Set(started.map(({ address }) => address)).size).toBe(10_000);
    expect(started.every(({ address }) => /^10\.42\.\d{1,3}\.\d{1,3}$/.test(address))).toBe(true);
  });

  it('keeps an address where it is free, and gives another where it is not', async () => {
    const runtime = createSimulatedRuntime();
    const { address } = await runtime.start(spec('a'));
    await runtime.stop('a');
    expect((await runtime.start(spec('a', { address }))).address).toBe(address);
    expect((await runtime.start(spec('b', { address }))).address).not.toBe(address);
  });

  it('tells of endings that nobody asked for, once', async () => {
    const runtime = createSimulatedRuntime();
    const ended: string[] = [];
    runtime.onExit((uuid) => ended.push(uuid));
    await runtime.start(spec('a'));
    await runtime.start(spec('b'));
    await runtime.stop('b');
    runtime.exit('a');
    runtime.exit('a');
    expect(ended).toEqual(['a']);
    expect([runtime.isRunning('a'), runtime.isRunning('b')]).toEqual([false, false]);
  });

  it('fails where it is told to', async () => {
    const failureOf = ({ image }: ContainerSpec) => (image === 'gone' ? new ImageNotFoundError('no such image') : undefined);
    const runtime = createSimulatedRuntime({ failureOf });
    await expect(runtime.start(spec('a', { image: 'gone' }))).rejects.toThrow('no such image');
    expect(runtime.isRunning('a')).toBe(false);
  });
});
