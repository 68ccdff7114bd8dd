/** What these tests use of the certified OpenID provider, which brings no types of its own. */
declare module 'oidc-provider' {
  import type { IncomingMessage, ServerResponse } from 'node:http';

  class Grant {
    constructor(of: { clientId: string; accountId: string });
    addOIDCScope(scope: string): void;
    save(): Promise<string>;
  }

  export interface Context {
    oidc: { provider: { Grant: typeof Grant }; client: { clientId: string }; session: { accountId: string } };
  }

  // biome-ignore lint/style/noDefaultExport: that package's own form
  export default class Provider {
    constructor(issuer: string, configuration: Record<string, unknown>);
    proxy: boolean;
    callback(): (request: IncomingMessage, response: ServerResponse) => void;
    interactionFinished(request: IncomingMessage, response: ServerResponse, result: Record<string, unknown>): Promise<void>;
  }
}

declare module 'oidc-provider/lib/adapters/memory_adapter.js' {
  class MemoryAdapter {
    constructor(name: string);
  }
  // biome-ignore lint/style/noDefaultExport: that package's own form
  export default MemoryAdapter;
}
