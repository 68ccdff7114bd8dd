import type { FastifyInstance, LightMyRequestResponse } from 'fastify';
import { PAGE_HEADERS } from './front.js';

const HOST = { host: 'lab.example', 'x-forwarded-proto': 'https' };

/** A browser at https://lab.example, with its cookies. */
export class Browser {
  readonly cookies = new Map<string, string>();

  constructor(private readonly app: FastifyInstance) {}

  async get(url: string, headers: Record<string, string> = PAGE_HEADERS): Promise<LightMyRequestResponse> {
    return this.#send({ method: 'GET', url, headers });
  }

  /** A form's POST. */
  async post(url: string, headers: Record<string, string> = {}): Promise<LightMyRequestResponse> {
    const form = { ...PAGE_HEADERS, 'content-type': 'application/x-www-form-urlencoded', origin: 'https://lab.example' };
    return this.#send({ method: 'POST', url, headers: { ...form, ...headers } });
  }

  async #send({ headers, ...rest }: { method: 'GET' | 'POST'; url: string; headers: Record<string, string> }) {
    const cookies = Object.fromEntries(this.cookies);
    const answer = await this.app.inject({ ...rest, headers: { ...HOST, ...headers }, cookies });
    for (const { name, value, maxAge } of answer.cookies) {
      if (maxAge === 0) this.cookies.delete(name);
      else this.cookies.set(name, value);
    }
    return answer;
  }
}
