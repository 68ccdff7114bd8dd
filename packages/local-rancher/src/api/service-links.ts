import { parseId } from '../model/ids.js';
import type { ServiceRecord } from '../model/records.js';
import { invalid } from './errors.js';
import type { Input } from './resources/resource.js';

type Links = Readonly<Record<string, number>>;
type Find = (id: number) => ServiceRecord | undefined;

/** What a link action leads to, and what its answer shows: what was taken away is shown once more (recordings 04-21, 04-25). */
interface Linking {
  links: Links;
  shown: Links;
}

const linkOf = (link: unknown, find: Find): Links => {
  const { serviceId, name } = (typeof link === 'object' && link !== null ? link : {}) as Input;
  const service = find(parseId(String(serviceId ?? '')) ?? 0);
  if (!service || service.state === 'removed') throw invalid('InvalidReference', 'serviceId');
  return { [typeof name === 'string' && name !== '' ? name : service.name]: service.id };
};

const single = (input: Input): unknown => {
  if (input.serviceLink === undefined || input.serviceLink === null) throw invalid('MissingRequired', 'serviceLink');
  return input.serviceLink;
};

const without = (links: Links, gone: Links): Links =>
  Object.fromEntries(Object.entries(links).filter(([name, id]) => !(Object.hasOwn(gone, name) && gone[name] === id)));

/**
 * `addservicelink`, `removeservicelink` or `setservicelinks`.
 * @throws ApiError 422 InvalidReference (recording 04-23)
 */
export const readLinking = (action: string, input: Input, before: Links, find: Find): Linking => {
  if (action === 'setservicelinks') {
    const given = Array.isArray(input.serviceLinks) ? input.serviceLinks : [];
    const links: Links = Object.assign({}, ...given.map((link: unknown) => linkOf(link, find)));
    return { links, shown: { ...before, ...links } };
  }
  const link = linkOf(single(input), find);
  if (action === 'removeservicelink') return { links: without(before, link), shown: before };
  const links = { ...before, ...link };
  return { links, shown: links };
};
