import { request } from 'node:http';
import { noteSecret } from '../../leaks/watch.js';
import { until } from './until.js';

export interface Answer {
  status: number;
  headers: Record<string, string | string[] | undefined>;
  text: string;
  json(): Record<string, unknown>;
}

export interface Ask {
  method?: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE' | 'HEAD';
  headers?: Record<string, string>;
  body?: string;
  /** How long nothing may be heard, in ms; half a minute where it is missing. */
  silenceMs?: number;
}

/** One HTTP request, redirects not followed. The path goes out as it is, however broken. */
export function ask(origin: string, path: string, { method = 'GET', headers = {}, body, silenceMs = 30_000 }: Ask = {}): Promise<Answer> {
  const { hostname, port } = new URL(origin);
  return new Promise((resolve, reject) => {
    const sent = request({ hostname, port, path, method, headers, timeout: silenceMs }, (answer) => {
      let text = '';
      answer.setEncoding('utf8');
      answer.on('data', (chunk: string) => {
        text += chunk;
      });
      answer.on('end', () => resolve({ status: answer.statusCode ?? 0, headers: answer.headers, text, json: () => JSON.parse(text) }));
      answer.on('error', reject);
    });
    sent.on('timeout', () => sent.destroy(new Error(`no answer from ${origin} within ${silenceMs / 1000} s`)));
    sent.on('error', reject);
    sent.end(body);
  });
}

const setCookies = ({ headers }: Answer): string[] => [headers['set-cookie'] ?? []].flat();

/** Somebody with a browser's cookies, who signs in and asks for a notebook as a script does. */
export class Person {
  readonly cookies = new Map<string, string>();

  constructor(
    readonly origin: string,
    readonly user: string,
    /** Sent along with each request. */
    readonly headers: Record<string, string> = {},
  ) {}

  /** Of the header. */
  get cookie(): string {
    return [...this.cookies].map(([name, value]) => `${name}=${value}`).join('; ');
  }

  async ask(path: string, { headers = {}, ...rest }: Ask = {}): Promise<Answer> {
    const { cookie } = this;
    const answer = await ask(this.origin, path, { headers: { ...this.headers, ...(cookie && { cookie }), ...headers }, ...rest });
    for (const line of setCookies(answer)) {
      const [, name, value] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
      if (!name || !value) continue;
      noteSecret(value);
      this.cookies.set(name, value);
    }
    return answer;
  }

  async signIn(): Promise<Answer> {
    return this.ask('/login', {
      method: 'POST',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: new URLSearchParams({ user: this.user }).toString(),
    });
  }

  /** A wish, as a script says it. */
  wish(path = '/narrative/'): Promise<Answer> {
    return this.ask(path, { headers: { accept: 'application/json' } });
  }

  /** Signs in, wishes, and waits for the first good answer of the demo: its status through Traefik. */
  async openDemo(withinMs = 30_000): Promise<{ instance: string }> {
    await this.signIn();
    await this.wish();
    return this.demoStatus(withinMs);
  }

  /** The demo's status through Traefik, as soon as it is the demo that answers. */
  async demoStatus(withinMs = 30_000): Promise<{ instance: string }> {
    return until(
      async () => {
        const { status, headers, text } = await this.ask('/narrative/api/status');
        return status === 200 && headers['mooring-front'] === undefined ? (JSON.parse(text) as { instance: string }) : undefined;
      },
      { withinMs, what: () => `an answer of ${this.user}'s demo` },
    );
  }
}
