import { fileURLToPath } from 'node:url';

const asset = (name: string): string => fileURLToPath(new URL(`../../assets/jupyter/${name}`, import.meta.url));

/** Files that the package brings for its Jupyter. */
export const JUPYTER_ASSETS = {
  /** Every package with its version. */
  requirements: asset('requirements.txt'),
  serverConfig: asset('jupyter_server_config.py'),
  pageConfig: asset('page_config.json'),
} as const;
