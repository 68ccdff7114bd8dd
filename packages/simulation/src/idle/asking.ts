import type { ActivitySourcesOptions } from '@mooring/controller';
import type { Random } from '../determinism/random.js';
import type { Life } from '../world/life.js';
import type { Blinding } from './events.js';
import type { Notebook } from './notebook.js';
import type { Sight } from './sight.js';
import { tablesOf } from './tcp-tables.js';

type Askers = NonNullable<ActivitySourcesOptions['askers']>;
type Answer = Awaited<ReturnType<Askers['jupyter']['ask']>>;

export interface AskingOptions {
  sight: Sight;
  random: Random;
  /** The server that answers at an address now. */
  notebookAt: (ip: string) => Notebook | undefined;
  /** The address of a container by Rancher's id, and what runs there. */
  containerOf: (id: string) => { ip: string; notebook: Notebook } | undefined;
  metrics: () => string;
  isTraefikUp: () => boolean;
  isRancherUp: () => boolean;
  /** Told when a source is answered about a session's container (by address), or about all (undefined). */
  onAnswer: (ip: string | undefined) => void;
}

const JUPYTER: readonly Blinding[] = [
  'nothing-tells',
  'jupyter-refuses',
  'jupyter-hangs',
  'jupyter-errors',
  'jupyter-unauthorized',
  'jupyter-html',
];
const METRICS: readonly Blinding[] = [
  'nothing-tells',
  'metrics-refused',
  'metrics-hang',
  'metrics-error',
  'metrics-cut',
  'metrics-partial',
  'metrics-stale',
];
const DEADLINE_MS = { jupyter: 3000, metrics: 5000, execute: 8000 };

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
const html = (status: number) => ({ status, headers: {}, text: '<html></html>' });

/** What the sources of activity ask over the network, as one process of Mooring meets it. */
export class Asking {
  #oldMetrics = '';

  constructor(private readonly options: AskingOptions) {}

  askersFor(life: Life): Askers {
    return {
      jupyter: { ask: ({ origin, path }) => life.call(() => this.#jupyter(origin, path)), close: async () => undefined },
      metrics: (_url, _signal) => life.call(() => this.#metrics()),
    };
  }

  /** Commands in containers, and their statistics, which nobody counts here. */
  containersFor(life: Life): ActivitySourcesOptions['project']['containers'] {
    return {
      execute: (id: string) => life.call(() => this.#execute(id)),
      async *containerStats() {
        yield [];
        yield [];
        yield [];
      },
    } as unknown as ActivitySourcesOptions['project']['containers'];
  }

  async #jupyter(origin: string, path: string): Promise<Answer> {
    await this.#way();
    switch (this.options.sight.meet(...JUPYTER)) {
      case undefined:
        return this.#served(new URL(origin).hostname, path);
      case 'jupyter-hangs':
        await pause(DEADLINE_MS.jupyter);
        return { error: 'no answer within 3 s' };
      case 'jupyter-errors':
        return html(500);
      case 'jupyter-unauthorized':
        return html(403);
      case 'jupyter-html':
        return html(200);
      default:
        return { error: 'ECONNREFUSED' };
    }
  }

  #served(ip: string, path: string): Answer {
    const notebook = this.options.notebookAt(ip);
    if (!notebook) return { error: 'ECONNREFUSED' };
    const body = notebook.answer(path);
    if (body === undefined) return html(404);
    this.options.onAnswer(ip);
    return { status: 200, headers: { date: new Date().toUTCString() }, text: JSON.stringify(body) };
  }

  async #metrics(): Promise<{ statusCode: number; body: AsyncIterable<Buffer> }> {
    await this.#way();
    const { sight, random, metrics, isTraefikUp } = this.options;
    const met = isTraefikUp() ? sight.meet(...METRICS) : 'metrics-refused';
    if (met === 'metrics-hang') {
      await pause(DEADLINE_MS.metrics);
      throw Object.assign(new Error('too late'), { name: 'TimeoutError' });
    }
    if (met === 'metrics-error') return { statusCode: 502, body: inOne('<html></html>') };
    if (met === 'metrics-refused' || met === 'nothing-tells') throw Object.assign(new Error('ECONNREFUSED'), { code: 'ECONNREFUSED' });
    if (met === 'metrics-stale') return { statusCode: 200, body: inOne(this.#oldMetrics) };
    this.#oldMetrics = metrics();
    const text = met ? lacking(met, this.#oldMetrics, random) : this.#oldMetrics;
    if (!met) this.options.onAnswer(undefined);
    return { statusCode: 200, body: inOne(text) };
  }

  async #execute(id: string): Promise<string> {
    await this.#way();
    const { sight, containerOf, isRancherUp, onAnswer } = this.options;
    const met = isRancherUp() ? sight.meet('nothing-tells', 'execute-fails', 'execute-cut') : 'execute-fails';
    const container = containerOf(id);
    if (!container || met === 'execute-fails' || met === 'nothing-tells') throw new Error('Rancher runs no command there now');
    const tables = tablesOf(container.ip, container.notebook.ports());
    if (met === 'execute-cut') return tables.slice(0, tables.length / 2);
    onAnswer(container.ip);
    return tables;
  }

  #way(): Promise<void> {
    return pause(this.options.random.int(1, 20));
  }
}

async function* inOne(text: string): AsyncIterable<Buffer> {
  yield Buffer.from(text);
}

function lacking(met: Blinding, text: string, random: Random): string {
  if (met === 'metrics-cut') return text.slice(0, random.int(0, Math.max(0, text.length - 2)));
  const lines = text.split('\n').slice(0, -1);
  return `${lines.slice(0, random.int(0, lines.length - 1)).join('\n')}\n`;
}
