import { describe, expect, it } from '@jest/globals';
import { runUntilStopped } from '../../src/process/run.js';
import { Shutdown, STAGES } from '../../src/process/shutdown.js';
import { StopRequested } from '../../src/process/signals.js';
import { recordingLogger } from '../support/logger.js';

function recorded(partMs?: number) {
  const { logger, lines } = recordingLogger();
  const shutdown = new Shutdown(logger, partMs);
  const told: string[] = [];
  const part = (stage: keyof typeof STAGES, name: string, close: () => Promise<void> | void = () => undefined): void =>
    shutdown.add(STAGES[stage], name, async () => {
      told.push(`${name} begins`);
      await close();
      told.push(`${name} ends`);
    });
  return { shutdown, told, lines, part };
}

describe('a shutdown', () => {
  it('goes by stages, the parts of one together, and happens once', async () => {
    const { shutdown, told, part } = recorded();
    let open: () => void = () => undefined;
    const gate = new Promise<void>((resolve) => {
      open = resolve;
    });
    part('store', 'store');
    part('serving', 'front', () => gate);
    part('serving', 'traefik', () => open());
    part('deciding', 'controller');
    await Promise.all([shutdown.close(), shutdown.close()]);
    expect(told).toEqual([
      'controller begins',
      'controller ends',
      'front begins',
      'traefik begins',
      'front ends',
      'traefik ends',
      'store begins',
      'store ends',
    ]);
  });

  it('is not held up by a part that fails, or that never ends', async () => {
    const { shutdown, told, lines, part } = recorded(20);
    part('deciding', 'broken', () => {
      throw new Error('no');
    });
    part('serving', 'endless', () => new Promise(() => undefined));
    part('store', 'store');
    await shutdown.close();
    expect(told.at(-1)).toBe('store ends');
    expect(lines.map(({ part: name }) => name)).toEqual(['broken', 'endless']);
  });
});

describe('a part that does not stop in its time', () => {
  it.each([
    ['never ends', () => new Promise<void>(() => undefined)],
    ['fails', () => Promise.reject(new Error('no'))],
  ])('is killed before the next stage where it %s', async (_how, close) => {
    const { shutdown, told, part } = recorded(20);
    shutdown.add(STAGES.serving, 'containers', close, { kill: () => void told.push('killed') });
    part('store', 'store');
    await shutdown.close();
    expect(told).toEqual(['killed', 'store begins', 'store ends']);
  });

  it('is not killed where it stops', async () => {
    const { shutdown, told } = recorded();
    shutdown.add(STAGES.serving, 'containers', () => undefined, { kill: () => void told.push('killed') });
    await shutdown.close();
    expect(told).toEqual([]);
  });
});

describe('a run', () => {
  const run = (signal: AbortSignal, shutdown: Shutdown) => ({ signal, shutdown, stopMs: 5_000 });

  it('ends without an error when it is asked to stop, even while it is brought up', async () => {
    const { shutdown, told, part } = recorded();
    part('store', 'store');
    const controller = new AbortController();
    await runUntilStopped(run(controller.signal, shutdown), async () => {
      controller.abort(new StopRequested('SIGTERM'));
      controller.signal.throwIfAborted();
    });
    expect(told.at(-1)).toBe('store ends');
  });

  it('undoes a start that failed, and tells of it', async () => {
    const { shutdown, told, part } = recorded();
    part('store', 'store');
    const bringUp = () => Promise.reject(new Error('port taken'));
    await expect(runUntilStopped(run(new AbortController().signal, shutdown), bringUp)).rejects.toThrow('port taken');
    expect(told.at(-1)).toBe('store ends');
  });

  it('tells what nobody caught', async () => {
    const { shutdown } = recorded();
    const controller = new AbortController();
    const ended = runUntilStopped(run(controller.signal, shutdown), () => Promise.resolve());
    controller.abort(new TypeError('a bug'));
    await expect(ended).rejects.toThrow('a bug');
  });

  it('kills what can be killed when the stop takes too long', async () => {
    const { shutdown } = recorded(200);
    let killed = false;
    const kill = (): void => {
      killed = true;
    };
    shutdown.add(STAGES.serving, 'endless', () => new Promise(() => undefined), { kill });
    shutdown.add(STAGES.store, 'store', () => undefined);
    const controller = new AbortController();
    controller.abort(new StopRequested('SIGINT'));
    await runUntilStopped({ signal: controller.signal, shutdown, stopMs: 20 }, () => Promise.resolve());
    expect(killed).toBe(true);
  });
});
