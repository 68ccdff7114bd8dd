export type ApiVersion = 'v1' | 'v2-beta';

/** Where links in answers point: Rancher takes it from the request (README 12). */
export interface Scope {
  /** e.g. `http://127.0.0.1:8081/v2-beta/projects/1a5` */
  base: string;
  /** In v1 stacks are environments (recording 01-27). */
  version: ApiVersion;
}

type Named = Readonly<Record<string, string>>;

/** `links` of an object: itself and, in lower case below it, the related. */
export const linksOf = (self: string, related: readonly string[]): Named => ({
  self,
  ...Object.fromEntries(related.map((name) => [name, `${self}/${name.toLowerCase()}`])),
});

/** `actions` of an object; the slash before the question mark is Rancher's. */
export const actionsOf = (self: string, actions: readonly string[]): Named =>
  Object.fromEntries(actions.map((name) => [name, `${self}/?action=${name}`]));

/** Rancher's dates have no milliseconds; the `TS` beside them has. */
export const dateOf = (ms: number): string => `${new Date(ms).toISOString().slice(0, 19)}Z`;

export const transitionOf = (isTransitional: boolean, failure: string | null): Record<string, unknown> => {
  if (failure !== null) return { transitioning: 'error', transitioningMessage: failure, transitioningProgress: null };
  return {
    transitioning: isTransitional ? 'yes' : 'no',
    transitioningMessage: isTransitional ? 'In Progress' : null,
    transitioningProgress: null,
  };
};

export const removalOf = (removedTS: number | null): Record<string, unknown> =>
  removedTS === null ? { removed: null } : { removed: dateOf(removedTS), removedTS };
