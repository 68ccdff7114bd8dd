import { describe, expect, it } from '@jest/globals';
import { runProgram } from '../src/program.js';

async function run(args: string[], environment: Record<string, string> = {}) {
  const said = { out: '', err: '' };
  const code = await runProgram(args, {
    environment,
    machine: 'm',
    out: (text) => {
      said.out += text;
    },
    err: (text) => {
      said.err += text;
    },
  });
  return { code, ...said };
}

describe('the command line', () => {
  it('gives help', async () => {
    const { code, out, err } = await run(['--help']);
    expect([code, err]).toEqual([0, '']);
    for (const command of ['start', 'serve', 'plan', 'explain', 'import', 'config']) expect(out).toContain(`  ${command}`);
    expect((await run(['start', '--help'])).code).toBe(0);
  });

  it('says which version it is', async () => {
    expect(await run(['--version'])).toMatchObject({ code: 0, out: expect.stringMatching(/^\d+\.\d+\.\d+\n$/), err: '' });
  });

  it('refuses what there is not', async () => {
    expect(await run(['sail'])).toMatchObject({ code: 2, out: '', err: expect.stringContaining("unknown command 'sail'") });
    expect((await run(['config', '--xml'])).code).toBe(2);
    expect((await run([])).code).toBe(2);
  });

  it('prints the configuration', async () => {
    expect(await run(['config'])).toMatchObject({ code: 0, err: '', out: expect.stringMatching(/^KEY +VALUE +SOURCE +USED BY\n/) });
    const { code, out } = await run(['config', '--json'], { MOORING_PORT_BASE: '9000' });
    expect(code).toBe(0);
    expect(JSON.parse(out).settings).toContainEqual({
      key: 'MOORING_PORT_BASE',
      value: '9000',
      source: 'environment variable MOORING_PORT_BASE',
      usedBy: ['start'],
    });
  });

  it.each(['config', 'start', 'serve', 'plan', 'explain x'])('tells everything that is wrong before %s does anything', async (command) => {
    const { code, out, err } = await run(command.split(' '), { image_tag: ' ', image_name: 'a:1', MOORING_PORT_BASE: 'x' });
    expect([code, out]).toEqual([2, '']);
    expect(err).toMatch(/^The configuration is wrong:\n( {2}\S.*\n){3,}$/);
    for (const key of ['image_tag', 'image_name', 'MOORING_PORT_BASE']) expect(err).toContain(`  ${key}=`);
  });
});
