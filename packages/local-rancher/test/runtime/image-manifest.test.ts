import { describe, expect, it } from '@jest/globals';
import { findImage } from '../../src/runtime/image-manifest.js';

const image = (name: string) => ({ command: [name] });
const manifest = {
  'mooring/demo': image('any'),
  'mooring/demo:2': image('two'),
  'registry:5000/team/tool': image('registry'),
};

describe('findImage', () => {
  it.each([
    ['mooring/demo', 'any'],
    ['mooring/demo:1.0', 'any'],
    ['mooring/demo:2', 'two'],
    ['mooring/demo@sha256:0123', 'any'],
    ['mooring/demo:1@sha256:0123', 'any'],
    ['registry:5000/team/tool', 'registry'],
    ['registry:5000/team/tool:7', 'registry'],
  ])('finds %s', (reference, command) => {
    expect(findImage(manifest, reference)).toEqual({ command: [command] });
  });

  it.each(['demo', 'registry', 'registry:5000', 'team/tool', 'constructor', '__proto__', ''])('does not know %j', (reference) => {
    expect(findImage(manifest, reference)).toBeUndefined();
  });
});
