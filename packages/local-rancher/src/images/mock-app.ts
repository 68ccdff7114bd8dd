import { fileURLToPath } from 'node:url';
import type { ImageSpec } from '../runtime/image-manifest.js';

export const MOCK_APP_IMAGE = 'mooring/mock-app';

const SERVER = fileURLToPath(new URL('../../dist/images/mock-app-server.js', import.meta.url));

/** ContainerDirectRouting's mock-app: answers `/` and `/status`, and ends by itself when nobody has opened `/` for as long as IDLE says. */
export const mockAppImage: ImageSpec = {
  entrypoint: [process.execPath, SERVER, '{ip}', '{port}'],
  command: [],
  stopGraceMs: 1_000,
};
