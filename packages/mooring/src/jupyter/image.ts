import type { ImageSpec } from '@mooring/local-rancher';
import { JUPYTER_ASSETS } from './assets.js';

export const JUPYTER_IMAGE = 'mooring/jupyter';
/** Where a session's files are, in the container. */
export const WORK_FOLDER = '/home/work';

/** The image `mooring/jupyter`: JupyterLab from the virtual environment with this Python. Its working folder is the volume at /home/work. */
export function jupyterImage(python: string): ImageSpec {
  const work = `{volume:${WORK_FOLDER}}`;
  return {
    command: [
      python,
      '-m',
      'jupyterlab',
      `--config=${JUPYTER_ASSETS.serverConfig}`,
      '--ServerApp.ip={ip}',
      '--ServerApp.port={port}',
      `--ServerApp.root_dir=${work}`,
    ],
    env: { HOME: work, JUPYTER_RUNTIME_DIR: '{folder}/jupyter-runtime' },
    workingDir: work,
    stopGraceMs: 3_000,
  };
}
