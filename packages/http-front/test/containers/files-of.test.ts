import { expect, it } from '@jest/globals';
import { filesOf } from '../../src/containers/routes/file-routes.js';

it('a list of files has neither what was deleted nor the folders that a host tells beside what is in them', () => {
  const added = (path: string) => ({ path, kind: 'added' as const });
  const changes = [added('/out'), added('/out/a'), added('/out/sub'), added('/out/sub/b'), { path: '/x', kind: 'deleted' as const }];
  expect(filesOf(changes)).toEqual(['/out/a', '/out/sub/b']);
});
