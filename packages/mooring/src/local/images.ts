import { DEMO_IMAGE, demoImage, ensureImage, type ImageManifest, MOCK_APP_IMAGE, mockAppImage } from '@mooring/local-rancher';
import type { Settings } from '../config/keys.js';
import { JUPYTER_IMAGE, jupyterImage } from '../jupyter/image.js';
import { findJupyter, type JupyterSetUp, provideJupyter } from '../provision/jupyter.js';

/**
 * With the docker runtime, the one image that new sessions run, so that nobody waits for its download.
 * @throws RuntimeError where the Engine doesn't answer, or the image is neither there nor to be had
 */
export async function provideDockerImage(settings: Settings, { progress, signal }: JupyterSetUp): Promise<ImageManifest> {
  const { name, tag } = settings.MOORING_IMAGE;
  const throttled = atMostEvery(PROGRESS_MS, (text) => progress.note(text));
  await ensureImage(settings.MOORING_DOCKER_URL, { image: `${name}:${tag}`, onProgress: throttled, signal });
  return {};
}

const PROGRESS_MS = 1_000;

function atMostEvery(ms: number, tell: (text: string) => void): (text: string) => void {
  let last = Number.NEGATIVE_INFINITY;
  return (text) => {
    const now = performance.now();
    if (now - last < ms) return;
    last = now;
    tell(text);
  };
}

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
