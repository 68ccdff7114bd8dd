import { describe, expect, it } from '@jest/globals';
import { containerFolders } from '../../src/runtime/folders.js';
import { planLaunch } from '../../src/runtime/launch.js';
import { spec } from './fixture.js';

const folders = containerFolders('/data', 'c1');
const place = { address: '127.70.1.2', folders, mounts: new Map([['/work', '/data/volumes/work']]), markers: { MARK: '1' } };

describe('planLaunch', () => {
  it('fills in the texts of the image', () => {
    const image = {
      entrypoint: ['/bin/{port}'],
      command: ['{ip}:{port}', '{folder}', '{volume:/work/}/notes', '{unknown}'],
      env: { AT: '{ip}' },
      workingDir: '{volume:/work}',
    };
    const launch = planLaunch(spec({ ports: [9000, 1] }), image, place);
    expect(launch).toMatchObject({ file: '/bin/9000', workingDir: '/data/volumes/work', env: { AT: '127.70.1.2', MARK: '1' } });
    expect(launch.args).toEqual(['127.70.1.2:9000', folders.scratch, '/data/volumes/work/notes', '{unknown}']);
  });

  it('takes port 8888 where the container names none', () => {
    expect(planLaunch(spec({ ports: [] }), { command: ['x', '{port}'] }, place).args).toEqual(['8888']);
  });

  it("puts the container's command in place of the image's, behind the entrypoint, and fills nothing in there", () => {
    const image = { entrypoint: ['jupyter'], command: ['lab'] };
    expect(planLaunch(spec({ command: ['{ip}'] }), image, place)).toMatchObject({ file: 'jupyter', args: ['{ip}'] });
    expect(planLaunch(spec({ command: [] }), image, place)).toMatchObject({ file: 'jupyter', args: ['lab'] });
    expect(planLaunch(spec({ command: ['own', 'arg'] }), { command: ['lab'] }, place)).toMatchObject({ file: 'own', args: ['arg'] });
  });

  it('gives an unmounted volume a scratch folder of the container, wherever the path points', () => {
    const launch = planLaunch(spec(), { command: ['x', '{volume:/cache}', '{volume:../../etc}'] }, place);
    expect(launch.args).toEqual([`${folders.scratch}/volumes/%2Fcache`, `${folders.scratch}/volumes/%2Fetc`]);
    expect(launch.needs).toEqual(expect.arrayContaining([...launch.args, folders.home, folders.temporary]));
  });

  it('lets neither container nor image forge the markers', () => {
    const launch = planLaunch(spec({ env: { MARK: 'mine', PATH: '/own' } }), { command: ['x'], env: { MARK: 'image' } }, place);
    expect(launch.env).toMatchObject({ MARK: '1', PATH: '/own' });
  });

  it('says that there is nothing to run', () => {
    expect(() => planLaunch(spec({ image: 'empty' }), { command: [] }, place)).toThrow(expect.objectContaining({ code: 'InvalidImage' }));
  });
});
