import { setTimeout as sleep } from 'node:timers/promises';
import { plainService } from './arrangements.js';
import type { Recorded } from './exchange.js';
import { isObject } from './ids.js';
import type { OurAnswer, Server } from './server.js';

type Results = Extract<Recorded, { kind: 'results' }>;

const PROJECT = '/v2-beta/projects/1a5';
const REST_MS = 5000;

const call = (server: Server, method: string, path: string, body?: unknown): Promise<OurAnswer> =>
  server.call({
    method,
    path: `${PROJECT}/${path}`,
    headers: { 'content-type': 'application/json' },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });

const idOf = ({ body }: OurAnswer): string => (isObject(body) ? String(body.id) : '');
const codeOf = ({ body }: OurAnswer): unknown => (isObject(body) ? body.code : undefined);

const newStack = async (server: Server, name: string): Promise<string> =>
  idOf(await call(server, 'POST', 'stacks', { name: name.slice(0, 60) }));

const pairs = (results: readonly unknown[]): [number, unknown][] =>
  results.flatMap((result): [number, unknown][] => (Array.isArray(result) ? [[Number(result[0]), result[1]]] : []));

/** Of so many creations of one name at once more than one succeeds, and the others are refused as recorded (11-09, 11-10). */
const twins = async (server: Server, { name, results }: Results): Promise<string[]> => {
  const wanted = pairs(results);
  const stack = await newStack(server, `of-${name}`);
  const create = (): Promise<OurAnswer> =>
    name.includes('stack')
      ? call(server, 'POST', 'stacks', { name: 'twin' })
      : call(server, 'POST', 'services', plainService('twin', stack));
  const answers = await Promise.all(wanted.map(create));
  const created = answers.filter(({ status }) => status === 201).length;
  const refusals = new Set(answers.filter(({ status }) => status !== 201).map((answer) => `${answer.status} ${String(codeOf(answer))}`));
  const wantedRefusals = new Set(wanted.filter(([status]) => status !== 201).map(([status, code]) => `${status} ${String(code)}`));
  return [
    ...(created > 1 ? [] : [`${created} of ${wanted.length} were created, more than one should be`]),
    ...([...refusals].every((refusal) => wantedRefusals.has(refusal))
      ? []
      : [`refusals are ${[...refusals].join(', ')} instead of ${[...wantedRefusals].join(', ')}`]),
  ];
};

interface Race {
  delay: number;
  status: number;
  stateInDeleteResponse: string;
  stateAfter10s: string;
}

const isRace = (result: unknown): result is Race =>
  isObject(result) && typeof result.delay === 'number' && typeof result.stateAfter10s === 'string';

const rest = async (server: Server, id: string): Promise<string> => {
  const end = performance.now() + REST_MS;
  for (;;) {
    const { body } = await call(server, 'GET', `services/${id}`);
    const { state, transitioning } = isObject(body) ? body : {};
    if (transitioning === 'no' || performance.now() > end) return String(state);
    await sleep(20);
  }
};

const registered = async (server: Server, id: string): Promise<void> => {
  const end = performance.now() + REST_MS;
  for (let state: unknown = 'registering'; state === 'registering' && performance.now() < end; await sleep(5)) {
    const { body } = await call(server, 'GET', `services/${id}`);
    state = isObject(body) ? body.state : undefined;
  }
};

/** A DELETE right after a POST may be lost; one that comes later never is (07-20). */
const race = async (server: Server, stack: string, recorded: Race, index: number): Promise<string[]> => {
  const id = idOf(await call(server, 'POST', 'services', plainService(`race-${index}`, stack)));
  // Later than so many seconds, which here is any time after the registration: timers are no stop-watches.
  await sleep(recorded.delay * 1000);
  if (recorded.delay > 0) await registered(server, id);
  const { status, body } = await call(server, 'DELETE', `services/${id}`);
  const state = isObject(body) ? body.state : undefined;
  const final = await rest(server, id);
  const mayBeLost = recorded.delay === 0;
  return [
    ...(status === recorded.status && state === recorded.stateInDeleteResponse
      ? []
      : [`the DELETE after ${recorded.delay} s is ${status} ${String(state)}`]),
    ...(final === 'removed' || (mayBeLost && final === 'active') ? [] : [`the service deleted after ${recorded.delay} s ends ${final}`]),
  ];
};

const races = async (server: Server, { name, results }: Results): Promise<string[]> => {
  const stack = await newStack(server, `of-${name}`);
  const all = results.filter(isRace).map((recorded, index) => race(server, stack, recorded, index));
  return (await Promise.all(all)).flat();
};

/** What was done many times or at once, done again: only what can't come out otherwise is compared. */
export const replayTogether = (server: Server, recorded: Results): Promise<string[]> =>
  recorded.results.some(isRace) ? races(server, recorded) : twins(server, recorded);
