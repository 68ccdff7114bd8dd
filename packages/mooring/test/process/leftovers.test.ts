import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { promisify } from 'node:util';
import { describe, expect, it } from '@jest/globals';
import { endLeftovers } from '../../src/process/leftovers.js';
import { isAlive, lasting } from '../support/processes.js';
import { until } from '../support/until.js';

const run = promisify(execFile);
const marked = (installation: string, ignoresTerm = false) => lasting({ env: { MOORING_INSTALLATION: installation }, ignoresTerm });

describe('what an earlier run left behind', () => {
  it('is ended by its mark, and nobody else is', async () => {
    const [own, other] = [randomUUID(), randomUUID()];
    const [first, second, stranger, unmarked] = await Promise.all([marked(own), marked(own), marked(other), lasting()]);
    expect(await endLeftovers(own)).toBe(2);
    await until(() => first.child.signalCode === 'SIGTERM' && second.child.signalCode === 'SIGTERM');
    expect([stranger, unmarked].map(({ pid }) => isAlive(pid))).toEqual([true, true]);
    expect(await endLeftovers(own)).toBe(0);
  });

  it('is not the shell that this very command was started from', async () => {
    const proc = new URL('../../dist/process/proc.js', import.meta.url);
    const program = `const { processesWith } = await import('${proc}'); console.log(await processesWith('MOORING_INSTALLATION', '7'));`;
    const env = { MOORING_INSTALLATION: '7' };
    const { stdout } = await run('/bin/sh', ['-c', '"$0" --input-type=module -e "$1"; true', process.execPath, program], { env });
    expect(stdout).toBe('[]\n');
  });

  it('is ended even if it does not listen', async () => {
    const installation = randomUUID();
    const { pid } = await marked(installation, true);
    expect(await endLeftovers(installation, 200)).toBe(1);
    // A child that was killed counts until its parent has taken notice.
    await until(() => !isAlive(pid));
  });
});
