import type { Logger } from 'pino';
import type { Certificate, CertificateState } from '../certificates/certificate.js';
import { readIfThere } from '../files/replace.js';
import { DEFAULT_CONFIG, fillTemplate, proxyNames, type TemplateValues } from './template.js';

export interface SiteConfigOptions {
  values: Omit<TemplateValues, 'certificate'>;
  /** Looks after the certificate, where HTTPS is on. */
  certificate?: { path: string; keeper: Certificate } | undefined;
  logger: Logger;
}

/** The site's haproxy.cfg, and the certificate that it serves. */
export class SiteConfig {
  #template = DEFAULT_CONFIG;
  #certificate: CertificateState = { usable: false };
  #problem: string | undefined;

  constructor(private readonly options: SiteConfigOptions) {}

  /** Reads a haproxy.cfg; where there is none, the built-in one stands for it. */
  async read(path: string): Promise<void> {
    this.#template = (await readIfThere(path)) ?? DEFAULT_CONFIG;
    await this.look();
  }

  /** The names that no backend can have. */
  names(): ReadonlySet<string> {
    return proxyNames(this.#template);
  }

  /** With everything in its place. Another certificate makes another text, so that it is loaded. */
  text(): string {
    const { values, certificate } = this.options;
    return fillTemplate(this.#template, {
      ...values,
      certificate: certificate && this.#certificate.usable ? certificate.path : undefined,
    }).concat(this.#certificate.hash === undefined ? '' : `# certificate ${this.#certificate.hash.slice(0, 16)}\n`);
  }

  /** Looks whether there is another certificate. Answers whether there is. */
  async look(): Promise<boolean> {
    const { certificate, logger } = this.options;
    if (!certificate) return false;
    const before = this.#certificate.hash;
    const state = await certificate.keeper.look().catch((error: unknown) => {
      const problem = error instanceof Error ? error.message : String(error);
      return { ...this.#certificate, problem };
    });
    this.#certificate = state;
    const problem =
      state.problem && (state.usable ? `the certificate stays as it is: ${state.problem}` : `there is no HTTPS: ${state.problem}`);
    if (problem !== undefined && problem !== this.#problem) logger.error({ problem }, 'the certificate is no good');
    this.#problem = problem;
    return before !== state.hash;
  }
}
