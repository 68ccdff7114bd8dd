import { describe, expect, it } from '@jest/globals';
import { confinementOf } from '../../../src/model/confinement.js';
import { createBody } from '../../../src/runtime/docker/create-body.js';
import { Demultiplexer, Lines } from '../../../src/runtime/docker/output.js';
import { spec } from '../fixture.js';

const PLACE = { installation: '0a1b2c3d-1111', network: 'own' };

describe('the body of a create', () => {
  it('keeps volumes of two installations apart, and folders of the host as they are', () => {
    const body = createBody(spec({ volumes: ['work:/home/work', '/srv/data:/data:ro', '/cache'] }), PLACE);
    expect(body.HostConfig?.Binds).toEqual(['mooring-0a1b2c3d-work:/home/work', '/srv/data:/data:ro']);
    expect(body.Volumes).toEqual({ '/cache': {} });
  });

  it('refuses a volume without a place in the container', () => {
    expect(() => createBody(spec({ volumes: ['work:relative'] }), PLACE)).toThrow(expect.objectContaining({ code: 'InvalidVolume' }));
  });

  it.each([
    [undefined, 'own'],
    ['managed', 'own'],
    ['none', 'none'],
    ['site-net', 'site-net'],
  ])('in the mode %s is in the network %s', (networkMode, network) => {
    const confinement = networkMode === undefined ? {} : { networkMode };
    expect(createBody(spec({ confinement }), PLACE).HostConfig?.NetworkMode).toBe(network);
  });

  it('binds no port of the host, and says what Rancher says of it', () => {
    const body = createBody(spec({ env: { A: 'b=c' }, command: ['run'], memory: 5, labels: { a: 'b' } }), PLACE);
    expect(body).toMatchObject({
      name: 'r-stack-c1-1-c1',
      Env: ['A=b=c'],
      Cmd: ['run'],
      HostConfig: { Memory: 5 },
      ExposedPorts: { '8888/tcp': {} },
    });
    expect(body.HostConfig?.PortBindings).toBeUndefined();
    expect(body.Labels).toEqual({
      a: 'b',
      'io.rancher.container.uuid': 'c1',
      'io.rancher.container.name': 'stack-c1-1',
      'mooring.dev/installation': '0a1b2c3d-1111',
    });
  });
});

describe('what a launchConfig says of confinement', () => {
  it('is taken by its fields, without null and what is of another type', () => {
    const launchConfig = {
      imageUuid: 'docker:x',
      capDrop: ['MKNOD'],
      tty: true,
      user: null,
      entryPoint: [],
      privileged: 'yes',
      networkMode: 'managed',
    };
    expect(confinementOf(launchConfig as never)).toEqual({ capDrop: ['MKNOD'], tty: true, networkMode: 'managed' });
  });
});

describe('output', () => {
  it('comes in frames that may be cut anywhere', () => {
    const whole = Buffer.from('\x01\0\0\0\0\0\0\x02hi\x02\0\0\0\0\0\0\x01!', 'latin1');
    for (let cut = 0; cut <= whole.length; cut++) {
      const frames = new Demultiplexer();
      const parts = [whole.subarray(0, cut), whole.subarray(cut)].flatMap((data) => [...frames.take(data)]);
      expect(parts.map(([stream, data]) => `${stream} ${data}`)).toEqual(['stdout hi', 'stderr !']);
    }
  });

  it('is told by lines, whatever their ends and wherever a character is cut', () => {
    const lines = new Lines();
    const data = Buffer.from('ä\r\nb\nrest');
    expect([...data].flatMap((byte) => [...lines.take(Buffer.from([byte]))])).toEqual(['ä', 'b']);
  });
});
