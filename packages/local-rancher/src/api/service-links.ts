import { parseId } from '../model/ids.js';
import type { ServiceRecord } from '../model/records.js';
import { invalid } from './errors.js';
import { createFields, type FieldRules } from './fields.js';
import type { Input } from './resources/resource.js';

type Links = Readonly<Record<string, number>>;
type Find = (id: number) => ServiceRecord | undefined;

/** What a link action leads to, and what its answer shows: what was taken away is shown once more (recordings 04-21, 04-25). */
interface Linking {
  links: Links;
  shown: Links;
}

/** Labels of letters, digits, underscores and single hyphens inside, with points between them. */
const NAME = /^(?:[a-z0-9_]+(?:-[a-z0-9_]+)*(?:\.(?!$)|$))*$/i;
const LINK: FieldRules = { name: { type: 'string', pattern: /^[a-zA-Z0-9-._]*$/ }, serviceId: { type: 'any', isNeverNull: true } };

interface Given {
  name?: string;
  service: ServiceRecord;
}

/** @throws ApiError 422 InvalidReference for a service that never was, InvalidCharacters, MissingRequired */
const linkOf = (link: unknown, find: Find): Given => {
  const { name, serviceId } = createFields(LINK, (typeof link === 'object' && link !== null ? link : {}) as Input) as {
    name?: string;
  } & Input;
  if (serviceId === undefined) throw invalid('MissingRequired', 'serviceId');
  const service = find(parseId(String(serviceId)) ?? 0);
  if (!service) throw invalid('InvalidReference', 'serviceId');
  if (name !== undefined && !NAME.test(name)) throw invalid('InvalidCharacters', 'name');
  return { service, ...(name !== undefined && name !== '' && { name }) };
};

const toLinks = ({ name, service }: Given): Links => ({ [name ?? service.name]: service.id });

const single = (input: Input): unknown => {
  if (input.serviceLink === undefined) throw invalid('MissingRequired', 'serviceLink');
  if (input.serviceLink === null) throw invalid('NotNullable', 'serviceLink');
  return input.serviceLink;
};

const setLinks = (input: Input, before: Links, find: Find): Linking => {
  const given = Array.isArray(input.serviceLinks) ? input.serviceLinks.map((link: unknown) => linkOf(link, find)) : [];
  const keys = given.map(({ name, service }) => `${service.id} ${name ?? ''}`);
  if (new Set(keys).size < keys.length) throw invalid('NotUnique', 'serviceId and link name combination');
  for (const { service } of given) {
    if (service.state === 'removed' || service.state === 'removing')
      throw invalid('InvalidReference', `Service ${service.name} is removed`);
  }
  const links: Links = Object.assign({}, ...given.map(toLinks));
  return { links, shown: { ...before, ...links } };
};

/** One link to the service, whatever its name. */
const without = (links: Links, gone: number): Links => {
  const [first] = Object.entries(links).find(([, id]) => id === gone) ?? [];
  if (first === undefined) throw invalid('InvalidReference', 'serviceId');
  return Object.fromEntries(Object.entries(links).filter(([name]) => name !== first));
};

/**
 * `addservicelink`, `removeservicelink` or `setservicelinks`.
 * @throws ApiError 422 InvalidReference (recording 04-23), NotUnique for a second link to one service
 */
export const readLinking = (action: string, input: Input, before: Links, find: Find): Linking => {
  if (action === 'setservicelinks') return setLinks(input, before, find);
  const link = linkOf(single(input), find);
  if (action === 'removeservicelink') return { links: without(before, link.service.id), shown: before };
  if (Object.values(before).includes(link.service.id)) throw invalid('NotUnique', 'serviceId');
  const links = { ...before, ...toLinks(link) };
  return { links, shown: links };
};
