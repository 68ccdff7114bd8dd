import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type Answer, Harness, serviceBody } from './support/harness.js';

const FOLDER = fileURLToPath(new URL('../../../../shared/rancher-1.6/exchanges', import.meta.url));
const isThere = existsSync(FOLDER);

interface Exchange {
  name: string;
  request: { method: string; url: string; headers?: Record<string, string>; body: unknown };
  response: { status: number; body: Record<string, unknown> };
}

const read = (name: string): Exchange => JSON.parse(readFileSync(`${FOLDER}/${name}.json`, 'utf8')) as Exchange;

const namesOf = (pattern: RegExp): string[] =>
  isThere
    ? readdirSync(FOLDER)
        .filter((file) => pattern.test(file))
        .map((file) => file.replace('.json', ''))
    : [];

/** A table needs a row, also one that is skipped. */
const orNone = (names: string[]): string[] => (names.length > 0 ? names : ['none']);

const isExchange = (name: string): boolean => read(name).response !== undefined && read(name).request?.method !== undefined;

/** What must be the same; ids, times and links differ from run to run. */
const essence = ({ status, body }: { status: number; body: Record<string, unknown> }): Record<string, unknown> => {
  const { type, code, fieldName, message, state, transitioning, healthState, name } = body;
  return type === 'error' ? { status, code, fieldName, message } : { status, type, state, transitioning, healthState, name };
};

// What a recorded body refers to, and what takes its place here.
const placed = (body: unknown, stackId: string): unknown => {
  const isService = typeof body === 'object' && body !== null && 'stackId' in body;
  return isService && (body.stackId === '1st7' || body.stackId === '1st2') ? { ...body, stackId } : body;
};

const describeRecorded = isThere ? describe : describe.skip;

describeRecorded(isThere ? 'as recorded' : 'as recorded (skipped: ../shared/rancher-1.6 is not there)', () => {
  let rancher: Harness;
  let stackId: string;

  const replay = ({ request }: Exchange, path: string): Promise<Answer> =>
    rancher.call(request.method, path, placed(request.body, stackId) ?? undefined, {
      'content-type': request.headers?.['Content-Type'] ?? 'application/json',
    });

  beforeAll(async () => {
    rancher = await Harness.start();
    stackId = await rancher.stack('nar-stack-4');
    await rancher.call('POST', 'services', serviceBody('narrative-alice-a1b2c3', stackId));
    await rancher.untilState('services/1s1', 'active');
    await rancher.stack('nar-stack-1');
  });
  afterAll(async () => rancher.end());

  // 03-01b speaks of a name that was removed; 03-05d of a host with two ports of one number.
  const creations = namesOf(/^03-0.*\.json$/)
    .filter((name) => name !== '03-01b-duplicate-of-removed-name')
    .filter(isExchange)
    .filter((name) => read(name).request.method === 'POST' && read(name).request.url.endsWith('/services'));

  it.each(orNone(creations))('creates or refuses: %s', async (name) => {
    const exchange = read(name);
    const answer = await replay(exchange, 'services');
    expect(essence(answer)).toEqual(essence(exchange.response));
  });

  it.each(orNone(namesOf(/^01-2[1-4].*\.json$/).filter(isExchange)))('creates or refuses a stack: %s', async (name) => {
    const exchange = read(name);
    expect(essence(await replay(exchange, 'stacks'))).toEqual(essence(exchange.response));
  });

  it.each([
    ['02-03-get-service-active', 'services/1s1'],
    ['05-03-get-container', 'containers/1i1'],
    ['01-11-get-stack-active', 'stacks/1st1'],
    ['05-14-hosts', 'hosts'],
    ['01-12-list-stacks', 'stacks'],
    ['08-01-filter-00', 'services'],
    ['11-08f-instance-singular', 'containers'],
  ])('has the fields of %s', async (name, path) => {
    const { body } = await rancher.get(path);
    expect(Object.keys(read(name).response.body).filter((field) => !(field in body))).toEqual([]);
    const recorded = read(name).response.body;
    for (const field of ['filters', 'sortLinks', 'createTypes']) {
      if (path !== 'hosts' && recorded[field])
        expect(Object.keys(body[field] as object).sort()).toEqual(Object.keys(recorded[field]).sort());
    }
  });

  it('gives a service and its container the recorded labels and name', async () => {
    const recorded = read('05-03-get-container').response.body;
    const labels = Object.keys(recorded.labels as object).filter(
      (label) => label.startsWith('io.rancher.') && !/pull_image|scheduler/.test(label),
    );
    const { body } = await rancher.get('containers/1i1');
    expect(Object.keys(body.labels as object)).toEqual(expect.arrayContaining(labels));
    expect(body.name).toBe(recorded.name);
  });
});
