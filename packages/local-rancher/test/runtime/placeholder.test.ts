import { afterEach, describe, expect, it } from '@jest/globals';
import { ImageNotFoundError } from '../../src/runtime/runtime.js';
import { eventually, Fixture, isAlive, logOf, spec } from './fixture.js';

const fixture = new Fixture();
afterEach(() => fixture.cleanUp());

describe('an image that the manifest does not know', () => {
  it('runs as an idle process whose log says so, with the cure', async () => {
    const runtime = fixture.runtime({ unknownImage: 'placeholder' });
    const { pid } = await runtime.start(spec({ image: 'kbase/narrative:5', command: ['--port', '1'] }));
    const log = await eventually('the log', () => logOf(runtime).includes('\n') && logOf(runtime));
    expect(log).toContain("The image kbase/narrative:5 isn't known to the local manifest");
    expect(log).toContain('MOORING_UNKNOWN_IMAGE=error');
    expect(isAlive(pid)).toBe(true);
    await runtime.stop('c1');
    expect(isAlive(pid)).toBe(false);
  });

  it('fails the start where it is told to', async () => {
    const runtime = fixture.runtime({ unknownImage: 'error' });
    const failure = await runtime.start(spec({ image: 'kbase/narrative:5' })).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(ImageNotFoundError);
    expect(failure).toMatchObject({ code: 'ImageNotFound', message: expect.stringMatching(/^image kbase\/narrative:5 not found/) });
    expect(runtime.isRunning('c1')).toBe(false);
  });
});
