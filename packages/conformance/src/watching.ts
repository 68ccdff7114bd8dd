import { setTimeout as sleep } from 'node:timers/promises';
import { plainService } from './arrangements.js';
import type { Recorded } from './exchange.js';
import { isObject } from './ids.js';
import type { Frame, Server } from './server.js';

type Capture = Extract<Recorded, { kind: 'frames' }>;
type Refused = Extract<Recorded, { kind: 'handshake' }>;
type Headers = Readonly<Record<string, string>>;

const PROJECT = '/v2-beta/projects/1a5';
const FRAMES_MS = 4000;
/** Types that subscribers here are told of; Rancher tells of others too, which nobody reads. */
const TOLD = ['service', 'container', 'stack'];

const pathOf = (address: string): string => {
  const { pathname, search } = new URL(address);
  return `${pathname}${search}`;
};

/** Sends requests of one client below the project and answers ids. */
const sender =
  (server: Server, headers: Headers) =>
  async (method: string, path: string, body?: unknown): Promise<string> => {
    const answer = await server.call({
      method,
      path: `${PROJECT}/${path}`,
      headers: { 'content-type': 'application/json', ...headers },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    return isObject(answer.body) ? String(answer.body.id) : '';
  };

/** What the recorder did while it listened, as its note says. */
const changeSomething = async (server: Server, { name, note }: Capture, headers: Headers): Promise<void> => {
  const send = sender(server, headers);
  const stack = await send('POST', 'stacks', { name: `of-${name}`.slice(0, 60) });
  const service = await send('POST', 'services', plainService(`w-${name}`.slice(0, 60), stack));
  if (/DELETE/.test(note ?? '')) await send('DELETE', `services/${service}`);
  if (/PUT name/.test(note ?? '')) await send('PUT', `services/${service}`, { name: 'renamed' });
};

const namesOf = (frames: readonly { name: string }[]): string[] => [...new Set(frames.map(({ name }) => name))].sort();

const typesOf = (frames: readonly { resourceType?: string | null | undefined }[]): string[] =>
  TOLD.filter((type) => frames.some(({ resourceType }) => resourceType === type));

const differencesOf = (recorded: Capture, frames: readonly Frame[]): string[] => {
  const wanted = recorded.frames.map(({ frame }) => frame);
  const [names, types] = [namesOf(wanted), typesOf(wanted)];
  return [
    ...(names.every((name) => namesOf(frames).includes(name))
      ? []
      : [`frames are ${namesOf(frames).join(', ')} instead of ${names.join(', ')}`]),
    ...(!names.includes('resource.change') && namesOf(frames).includes('resource.change')
      ? ['changes are told of, but none should be']
      : []),
    ...(types.every((type) => typesOf(frames).includes(type))
      ? []
      : [`changes are of ${typesOf(frames).join(', ')} instead of ${types.join(', ')}`]),
  ];
};

/** Subscribes as recorded, changes something, and compares what is told. */
export const watchChanges = async (server: Server, recorded: Capture, headers: Headers): Promise<string[]> => {
  const frames: Frame[] = [];
  const stream = await server.open(pathOf(recorded.request.url), headers, (frame) => frames.push(frame));
  if (stream.status !== recorded.response.status)
    return [`the handshake's status is ${stream.status} instead of ${recorded.response.status}`];
  try {
    await changeSomething(server, recorded, headers);
    const end = performance.now() + FRAMES_MS;
    while (differencesOf(recorded, frames).length > 0 && performance.now() < end) await sleep(20);
    return differencesOf(recorded, frames);
  } finally {
    stream.close();
  }
};

/** The address isn't recorded where a handshake was refused: the name says what was tried. */
export const watchHandshake = async (server: Server, { name, error }: Refused, headers: Headers): Promise<string[]> => {
  const wanted = Number(/status (\d+)/.exec(error)?.[1]);
  const scope = name.includes('unscoped') ? '/v2-beta' : PROJECT;
  const { status, close } = await server.open(`${scope}/subscribe?eventNames=resource.change`, headers, () => undefined);
  close();
  return status === wanted ? [] : [`the handshake's status is ${status} instead of ${wanted}`];
};
