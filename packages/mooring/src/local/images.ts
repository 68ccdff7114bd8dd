import { DEMO_IMAGE, demoImage, type ImageManifest, MOCK_APP_IMAGE, mockAppImage } from '@mooring/local-rancher';
import { JUPYTER_IMAGE, jupyterImage } from '../jupyter/image.js';
import { findJupyter, type JupyterSetUp, provideJupyter } from '../provision/jupyter.js';

/**
 * What local Rancher can run. JupyterLab is installed if new sessions are to run it; otherwise it is there if it was installed before,
 * so that sessions of an earlier choice go on.
 */
export async function localImages(wanted: string, setUp: JupyterSetUp): Promise<ImageManifest> {
  const python = wanted === JUPYTER_IMAGE ? await provideJupyter(setUp) : await findJupyter(setUp);
  return {
    [DEMO_IMAGE]: demoImage,
    [MOCK_APP_IMAGE]: mockAppImage,
    ...(python === undefined ? {} : { [JUPYTER_IMAGE]: jupyterImage(python) }),
  };
}
