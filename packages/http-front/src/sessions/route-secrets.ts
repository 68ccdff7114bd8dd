import type { ObjectCache, Store } from '@mooring/resources';

/**
 * The secrets that route to sessions, kept in memory for as long as the sessions are in the cache. A secret never changes, so one that is
 * known is right; what it doesn't tell is that its session is still there.
 */
export class RouteSecrets {
  readonly #known = new Map<string, string>();
  readonly #unsubscribe: () => void;

  constructor(
    private readonly store: Pick<Store, 'secret'>,
    private readonly sessions: Pick<ObjectCache<'Session'>, 'byUid' | 'subscribe'>,
  ) {
    this.#unsubscribe = sessions.subscribe(({ type, object }) => {
      if (type === 'DELETED') this.#known.delete(object.metadata.uid);
    });
  }

  close(): void {
    this.#unsubscribe();
    this.#known.clear();
  }

  /** undefined where it wasn't asked for yet. */
  peek(uid: string): string | undefined {
    return this.#known.get(uid);
  }

  /** As the store has it now: undefined where its session is gone. */
  async ask(uid: string): Promise<string | undefined> {
    const secret = await this.store.secret(uid);
    // Of what the cache doesn't have (yet, or any more), nobody would tell when it is gone.
    if (secret !== undefined && this.sessions.byUid(uid) !== undefined) this.#known.set(uid, secret);
    return secret;
  }
}
