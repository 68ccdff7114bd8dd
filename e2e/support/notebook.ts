import type { ImageManifest } from '../../packages/local-rancher/src/index.js';
import { JUPYTER_IMAGE, jupyterImage } from '../../packages/mooring/src/jupyter/image.js';
import { cacheFolder, makeCacheFolder } from '../../packages/mooring/src/provision/cache-folder.js';
import { provideJupyter } from '../../packages/mooring/src/provision/jupyter.js';
import type { Answer, Person } from './person.js';
import { Tab } from './tab.js';
import { until } from './until.js';

/** The real JupyterLab, as `mooring start` runs it; undefined where it is not to be had. */
export async function findJupyterImage(): Promise<ImageManifest | undefined> {
  const { signal } = new AbortController();
  try {
    const cache = await makeCacheFolder(cacheFolder(process.env));
    const python = await provideJupyter({ environment: process.env, cache, progress: { note: () => undefined }, signal });
    return { [JUPYTER_IMAGE]: jupyterImage(python) };
  } catch {
    return undefined;
  }
}

const API = '/narrative/api';
const STARTS_MS = 90_000;

/** What a browser sends to have a cell run. */
const execute = (code: string): string =>
  JSON.stringify({
    channel: 'shell',
    header: { msg_id: 'm1', msg_type: 'execute_request', session: 's1', username: 'a', version: '5.3', date: new Date().toISOString() },
    parent_header: {},
    metadata: {},
    content: { code, silent: false, store_history: true, user_expressions: {}, allow_stdin: false },
    buffers: [],
  });

/** Somebody's JupyterLab, used through Traefik as the page in a browser does. */
export class Notebook {
  constructor(readonly person: Person) {}

  /** Asks for it and waits until it answers; answers its session's name. */
  async open(): Promise<string> {
    const { headers } = await this.person.wish();
    await this.answers();
    // Its page brings the cookie that requests have to repeat.
    await this.person.ask('/narrative/lab');
    return String(headers.location).split('/').at(-1) as string;
  }

  async answers(): Promise<void> {
    const isThere = async (): Promise<boolean> => {
      const { status, headers } = await this.person.ask(`${API}/status`);
      return status === 200 && headers['mooring-front'] === undefined;
    };
    await until(isThere, { withinMs: STARTS_MS, everyMs: 100, what: () => `${this.person.user}'s Jupyter` });
  }

  /** Starts a kernel and opens a page on it. */
  async openKernel(): Promise<{ id: string; tab: Tab }> {
    const { status, text } = await this.#write('POST', '/kernels', '{}');
    if (status !== 201) throw new Error(`Jupyter answers ${status} to a new kernel: ${text}`);
    const { id } = JSON.parse(text) as { id: string };
    return { id, tab: await Tab.open(this.person, `${API}/kernels/${id}/channels`) };
  }

  /** Has the kernel compute for longer than any test takes; resolves when it does. */
  async compute({ id, tab }: { id: string; tab: Tab }): Promise<void> {
    tab.send(execute('import time; time.sleep(3600)'));
    const isBusy = async (): Promise<boolean> => (await this.person.ask(`${API}/kernels/${id}`)).json().execution_state === 'busy';
    await until(isBusy, { withinMs: STARTS_MS, everyMs: 100, what: () => `${this.person.user}'s kernel to be busy` });
  }

  async interrupt(id: string): Promise<void> {
    await this.#write('POST', `/kernels/${id}/interrupt`, '{}');
  }

  async save(name: string, content: string): Promise<Answer> {
    return this.#write('PUT', `/contents/${name}`, JSON.stringify({ type: 'file', format: 'text', content }));
  }

  async read(name: string): Promise<unknown> {
    return (await this.person.ask(`${API}/contents/${name}`)).json().content;
  }

  #write(method: 'POST' | 'PUT', path: string, body: string): Promise<Answer> {
    const headers = { 'content-type': 'application/json', 'x-xsrftoken': this.person.cookies.get('_xsrf') ?? '' };
    return this.person.ask(`${API}${path}`, { method, headers, body });
  }
}
