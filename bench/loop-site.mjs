// A site's sessions and their services, without the loop.
import { Agent, request } from 'node:http';
import { createRequire } from 'node:module';

const mooring = createRequire(new URL('../packages/mooring/package.json', import.meta.url));
const load = (name) => import(mooring.resolve(name));
const SERVICE_BODY = new URL('../packages/controller/dist/sessions/service-body.js', import.meta.url);

export const STACK = 'bench';

/** As the narrative door records it, but for the route. */
export const sessionNumber = (number) => ({
  metadata: { name: `narrative-user-${number}`, finalizers: ['mooring.dev/service'] },
  spec: { owner: { name: `user${number}` }, launch: { image: 'kbase/narrative:1.0' }, route: { type: 'none' } },
});

/** Records sessions number `from` to `to` (without it), as `draftOf` has them, and makes the services that the loop would have made for them. */
export async function furnish({ store: path, url }, { from, to, draftOf = sessionNumber }) {
  const [{ newSecret, openStore }, { serviceBody }] = await Promise.all([load('@mooring/resources'), import(SERVICE_BODY)]);
  const stackId = await withProject(url, (project) => makeStack(project, STACK));
  const store = await openStore({ path });
  const agent = new Agent({ keepAlive: true, maxSockets: 20 });
  const sessions = Array.from({ length: to - from }, (_, index) => store.create('Session', draftOf(from + index), { secret: newSecret() }));
  const place = { stackId, entryPoint: 'web' };
  await Promise.all(
    sessions.map(async (session) => post(`${url}/projects/1a5/services`, serviceBody(await session, undefined, place), agent)),
  );
  agent.destroy();
  await store.close();
}

/**
 * Milliseconds that the calls of so many creations take by themselves (a look-up by name and the POST), so many at a time, with the stream of
 * events open, which costs the same process of Rancher's; after some that don't count.
 */
export async function bareCalls({ url }, { sessions, warmUp, concurrency }) {
  const { serviceBody } = await import(SERVICE_BODY);
  return withProject(url, async (project) => {
    const stackId = await makeStack(project, 'bare');
    const create = async (number) => {
      const { metadata, spec } = sessionNumber(number);
      const session = { metadata: { ...metadata, uid: `bare-${number}`, labels: {}, annotations: {} }, spec };
      session.spec = {
        probe: { path: '/' },
        ...spec,
        launch: { env: {}, labels: {}, port: 8888, capDrop: [], volumes: [], ...spec.launch },
      };
      await project.services.list({ stackId, name: metadata.name });
      await project.services.create(serviceBody(session, undefined, { stackId, entryPoint: 'web' }));
    };
    const stop = new AbortController();
    const listening = listen(project, stop.signal);
    await atATime(concurrency, 0, warmUp, create);
    const startedAt = performance.now();
    await atATime(concurrency, warmUp, warmUp + sessions, create);
    const tookMs = performance.now() - startedAt;
    stop.abort();
    await listening;
    return tookMs;
  });
}

async function listen(project, signal) {
  let heard = 0;
  for await (const { type } of project.subscribe({ signal })) if (type === 'change') heard += 1;
  return heard;
}

async function atATime(concurrency, from, to, act) {
  let next = from;
  const work = async () => {
    while (next < to) await act(next++);
  };
  await Promise.all(Array.from({ length: concurrency }, work));
}

async function withProject(url, act) {
  const { RancherClient } = await load('@mooring/rancher-client');
  const client = new RancherClient({ url });
  try {
    return await act(client.project('1a5'));
  } finally {
    await client.close();
  }
}

/** The id of a stack, made where there is none of that name. */
export async function makeStack(project, name) {
  const { id } = (await project.stacks.list({ name }))[0] ?? (await project.stacks.create({ name }));
  return id;
}

/** Without a look at the answer but for its status: thousands are to be made. */
function post(url, body, agent) {
  return new Promise((resolve, reject) => {
    const sent = request(url, { method: 'POST', agent, headers: { 'content-type': 'application/json' } }, (answer) => {
      answer.resume();
      answer.once('end', () => (answer.statusCode === 201 ? resolve() : reject(new Error(`a service was answered ${answer.statusCode}`))));
    });
    sent.once('error', reject);
    sent.end(JSON.stringify(body));
  });
}
