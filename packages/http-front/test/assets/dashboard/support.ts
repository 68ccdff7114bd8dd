/** A module of the dashboard; they are scripts without types. */
export const load = async <T>(name: string): Promise<T> =>
  (await import(new URL(`../../../assets/dashboard/${name}`, import.meta.url).pathname)) as T;

interface More {
  phase?: string;
  owner?: string;
  image?: string;
  marked?: boolean;
  running?: boolean;
  pool?: string;
  uid?: string;
  version?: number;
}

/** A session as the API tells it. */
export function resource(name: string, more: More = {}) {
  const { phase = 'Ready', owner = 'ada', image = 'mooring/demo:1', marked = false, running = true, pool, uid, version = 0 } = more;
  return {
    metadata: {
      name,
      uid: uid ?? `uid-${name}`,
      resourceVersion: `${version}`,
      creationTimestamp: '2030-01-01T00:00:00.000Z',
      labels: pool === undefined ? {} : { 'mooring.dev/pool': pool },
      annotations: {} as Record<string, string>,
    },
    spec: { owner: { name: owner }, image, running },
    status: { phase, letGo: marked || !running, conditions: [] as object[] },
  };
}
