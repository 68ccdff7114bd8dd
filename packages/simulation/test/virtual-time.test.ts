import { spawn } from 'node:child_process';
import { describe, expect, it } from '@jest/globals';

const MODULE = new URL('../dist/determinism/virtual-time.js', import.meta.url).href;

/** A process of its own, whose promise is rejected at one virtual second and gets its handler at another time. */
function handledAt(ms: number): Promise<{ code: number | null; text: string }> {
  const script = `
    import { VirtualTime } from ${JSON.stringify(MODULE)};
    const time = new VirtualTime(0);
    let rejected;
    setTimeout(() => (rejected = Promise.reject(new Error('too late'))), 1000);
    setTimeout(() => rejected.catch(({ message }) => console.log('handled: ' + message)), ${ms});
    await time.step();
    await time.step();
    time.uninstall();`;
  const child = spawn(process.execPath, ['--input-type=module', '--eval', script], { stdio: ['ignore', 'pipe', 'pipe'] });
  let text = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (data: Buffer) => (text += data.toString()));
  return new Promise((resolve) => child.once('close', (code) => resolve({ code, text })));
}

describe('virtual time', () => {
  it('ends the process, as real time does, for a rejection that is handled only at a later time', async () => {
    const { code, text } = await handledAt(180_000);
    expect([code, text]).toEqual([1, expect.stringContaining('Error: too late')]);
    expect(text).not.toContain('handled');
  });

  it('takes a rejection that is handled without time passing for handled', async () => {
    expect(await handledAt(1000)).toEqual({ code: 0, text: 'handled: too late\n' });
  });
});
