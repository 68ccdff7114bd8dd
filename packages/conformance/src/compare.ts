import type { Answer } from './exchange.js';
import { type Ids, isObject } from './ids.js';

type Json = Readonly<Record<string, unknown>>;

export interface Comparison {
  /** With our address in its links. */
  recorded: Answer;
  ours: { status: number; headers: Headers; body: unknown };
  ids: Ids;
  /** Of which of our objects the name, or the launchConfig, was made up here. */
  isMadeUp(ours: string, field: 'name' | 'launchConfig'): boolean;
}

/** What is read of an error. */
const ERROR_FIELDS = ['type', 'status', 'code', 'fieldName'];

/** What is read of an object, whatever it is. */
const OBJECT_FIELDS = [
  ...['type', 'baseType', 'name', 'state', 'transitioning', 'healthState', 'scale', 'currentScale', 'description'],
  ...['startOnCreate', 'assignServiceIpAddress', 'metadata', 'startCount'],
  ...['orchestration', 'enabled', 'security', 'accessMode', 'username', 'user', 'authProvider', 'userType', 'pluralName', 'agentState'],
  ...['eventType', 'level', 'subLog', 'activeValue'],
];

const LAUNCH_CONFIG_FIELDS = [
  'imageUuid',
  'labels',
  'environment',
  'capDrop',
  'networkMode',
  'dataVolumes',
  'restartPolicy',
  'vcpu',
  'tty',
];

/** Types whose actions clients choose from. */
const ACTING = new Set(['service', 'stack', 'container', 'apiKey', 'host']);

const show = (value: unknown): string => {
  const text = JSON.stringify(value) ?? 'nothing';
  return text.length > 120 ? `${text.slice(0, 120)}…` : text;
};

/** Equal in value, whatever the order of keys; null and absent are the same. */
const isSame = (a: unknown, b: unknown): boolean => {
  if ((a ?? null) === (b ?? null)) return true;
  if (Array.isArray(a) && Array.isArray(b)) return a.length === b.length && a.every((item, index) => isSame(item, b[index]));
  if (!isObject(a) || !isObject(b)) return false;
  return [...new Set([...Object.keys(a), ...Object.keys(b)])].every((key) => isSame(a[key], b[key]));
};

const differ = (what: string, recorded: unknown, ours: unknown): string[] =>
  isSame(recorded, ours) ? [] : [`${what} is ${show(ours)} instead of ${show(recorded)}`];

const fields = (names: readonly string[], recorded: Json, ours: Json): string[] =>
  names.filter((name) => name in recorded).flatMap((name) => differ(name, recorded[name], ours[name]));

/** Messages name containers, which have other ids here, and the sentence may speak of another of several. */
const sentence = (message: unknown): unknown => (typeof message === 'string' ? message.replaceAll(/1i\d+/g, '1i?') : message);

const launchConfigs = (recorded: Json, ours: Json): string[] => {
  const [theirs, mine] = [recorded.launchConfig, ours.launchConfig];
  if (!isObject(theirs)) return [];
  if (!isObject(mine)) return ['launchConfig is missing'];
  return fields(LAUNCH_CONFIG_FIELDS, theirs, mine).map((difference) => `launchConfig.${difference}`);
};

/** What clients find their services by; a container's is new with each start. */
const externalId = (recorded: Json, ours: Json): string[] => (recorded.type === 'container' ? [] : fields(['externalId'], recorded, ours));

const actions = (recorded: Json, ours: Json): string[] => {
  if (!ACTING.has(String(recorded.type)) || !('actions' in recorded)) return [];
  const names = ({ actions: all }: Json): string[] => Object.keys(isObject(all) ? all : {}).sort();
  return differ('actions', names(recorded), names(ours));
};

const references = (recorded: Json, ours: Json, ids: Ids): string[] =>
  ['id', 'stackId', 'linkedServices', 'serviceIds'].flatMap((field) => {
    const value = recorded[field];
    const isKnown = (id: unknown): boolean => typeof id !== 'string' || !/^1(s|st|i|c)\d+$/.test(id) || ids.has(id);
    const all = isObject(value) ? Object.values(value) : Array.isArray(value) ? value : [value];
    if (value === undefined || !all.every(isKnown)) return [];
    return differ(field, ids.translate(value), ours[field]);
  });

/** A token and an address are new each time: what counts is whether and where they are. */
const access = (recorded: Json, ours: Json): string[] => {
  if (!('token' in recorded)) return [];
  return [...differ('token', typeof recorded.token, typeof ours.token), ...differ('url', recorded.url, ours.url)];
};

const objects = (recorded: Json, ours: Json, comparison: Comparison): string[] => [
  ...fields(
    OBJECT_FIELDS.filter((field) => field !== 'name' || !comparison.isMadeUp(String(ours.id), 'name')),
    recorded,
    ours,
  ),
  ...externalId(recorded, ours),
  ...(recorded.state === 'error'
    ? []
    : differ('transitioningMessage', sentence(recorded.transitioningMessage), sentence(ours.transitioningMessage))),
  ...(comparison.isMadeUp(String(ours.id), 'launchConfig') ? [] : launchConfigs(recorded, ours)),
  ...actions(recorded, ours),
  ...references(recorded, ours, comparison.ids),
  ...access(recorded, ours),
];

const dataOf = (body: Json): Json[] => (Array.isArray(body.data) ? body.data.filter(isObject) : []);

const relink = (value: unknown, { ids }: Comparison): unknown => {
  if (typeof value !== 'string' || !URL.canParse(value)) return value;
  const url = new URL(value);
  return `${url.origin}${ids.translateUrl(url)}`;
};

const pages = (recorded: Json, ours: Json, comparison: Comparison): string[] => {
  const [theirs, mine] = [recorded.pagination, ours.pagination];
  if (!isObject(theirs) || !isObject(mine)) return differ('pagination', theirs, mine);
  return [
    ...fields(['limit', 'partial', 'total', 'first', 'previous'], theirs, mine).map((difference) => `pagination.${difference}`),
    ...differ('pagination.next', relink(theirs.next, comparison), mine.next),
  ];
};

const sorts = (recorded: Json, ours: Json, comparison: Comparison): string[] => {
  const [theirs, mine] = [recorded.sort, ours.sort];
  if (!isObject(theirs) || !isObject(mine)) return differ('sort', theirs, mine);
  return [...fields(['name', 'order'], theirs, mine), ...differ('sort.reverse', relink(theirs.reverse, comparison), mine.reverse)];
};

/** Objects that exist here as there, in the order of the list: the others can't be told apart. */
const members = (recorded: Json, ours: Json, comparison: Comparison): string[] => {
  const { ids } = comparison;
  const key = (item: Json): string => String(item.id ?? '').replace(/^1e(?=\d)/, '1st');
  const theirs = dataOf(recorded).filter((item) => ids.has(key(item)));
  const mine = dataOf(ours).filter((item) => isId(ids.recorded(key(item))));
  // Without a sort the order is that of the creation, which may be another here: ids say which.
  const inOrder = (all: readonly Json[]): readonly Json[] =>
    recorded.sort === null ? [...all].sort((a, b) => numberOf(a) - numberOf(b)) : all;
  const known = inOrder(theirs.map((item) => ({ ...item, id: ids.ours(key(item)) ?? '' })));
  const order = differ('data', known.map(key), mine.map(key));
  if (order.length > 0) return order;
  return known.flatMap((item, index) => {
    const isNamed = LISTED_BY_NAME.has(String(item.type)) && !comparison.isMadeUp(String(item.id), 'name');
    // What was passing is past, or not yet begun.
    const resting = item.transitioning === 'yes' ? [] : ['state', 'healthState'];
    const read = ['type', ...resting, ...(isNamed ? ['name'] : [])];
    return fields(read, item, mine[index] ?? {}).map((difference) => `${String(item.id)}: ${difference}`);
  });
};

/** The names of hosts and containers follow from what was made up. */
const LISTED_BY_NAME = new Set(['service', 'stack', 'environment', 'apiKey']);

const isId = (recorded: string | undefined): boolean => recorded !== undefined && /^1[a-z]+\d+$/.test(recorded);
const numberOf = ({ id }: Json): number => Number(/\d+$/.exec(String(id))?.[0] ?? 0);

/** What has ids of its own on each server is compared by what it says, or that there is any. */
const strangers = (recorded: Json, ours: Json): string[] => {
  const [theirs, mine] = [dataOf(recorded), dataOf(ours)];
  if (recorded.resourceType === 'schema') {
    const idsOf = (items: readonly Json[]): unknown => items.map(({ id }) => id).sort();
    return differ('schemas', idsOf(theirs), idsOf(mine));
  }
  if (recorded.resourceType === 'network') return differ('networks', theirs.map(kindOf), mine.map(kindOf));
  return [...differ('data is there', theirs.length > 0, mine.length > 0), ...differ('types', typesOf(theirs), typesOf(mine))];
};

const kindOf = ({ name, kind, state }: Json): unknown => [name ?? null, kind, state];
const typesOf = (items: readonly Json[]): unknown => [...new Set(items.map(({ type }) => type))];

const LINKED = new Set(['service', 'stack', 'environment', 'container', 'instance', 'apiKey', 'host']);

const collections = (recorded: Json, ours: Json, comparison: Comparison): string[] => {
  const selfOf = ({ links }: Json): unknown => (isObject(links) ? links.self : undefined);
  return [
    ...fields(['resourceType'], recorded, ours),
    ...differ('links.self', relink(selfOf(recorded), comparison), selfOf(ours)),
    ...pages(recorded, ours, comparison),
    ...sorts(recorded, ours, comparison),
    ...(LINKED.has(String(recorded.resourceType)) ? members(recorded, ours, comparison) : strangers(recorded, ours)),
  ];
};

const bodies = (recorded: Json, ours: Json, comparison: Comparison): string[] => {
  if (recorded.type === 'error') return [...fields(ERROR_FIELDS, recorded, ours), ...differ('message', recorded.message, ours.message)];
  return recorded.type === 'collection' ? collections(recorded, ours, comparison) : objects(recorded, ours, comparison);
};

const HEADERS = ['x-api-account-id', 'x-api-user-id', 'x-api-account-kind', 'www-authenticate'];

const headers = ({ recorded, ours }: Comparison): string[] => {
  const theirs = new Headers(recorded.headers);
  return HEADERS.filter((name) => theirs.has(name)).flatMap((name) => differ(name, theirs.get(name), ours.headers.get(name)));
};

/** How our answer differs from the recorded one in what a client reads, each difference as a clause. */
export const compareAnswers = (comparison: Comparison): string[] => {
  const { recorded, ours } = comparison;
  const status = differ('status', recorded.status, ours.status);
  if (!isObject(recorded.body)) return [...status, ...(typeof recorded.body === 'string' ? text(recorded.body, ours.body) : [])];
  if (!isObject(ours.body)) return [...status, `the body is ${show(ours.body)} instead of JSON`];
  return [...status, ...headers(comparison), ...bodies(recorded.body, ours.body, comparison)];
};

/** Rancher's own pages begin with a doctype, its server's with the element. */
const isPage = (body: unknown): boolean => typeof body === 'string' && /^\s*<(?:!doctype )?html/i.test(body);

/** Pages of HTML differ in their words. */
const text = (recorded: string, ours: unknown): string[] =>
  isPage(recorded) ? differ('a page', true, isPage(ours)) : differ('the body', recorded, ours);
