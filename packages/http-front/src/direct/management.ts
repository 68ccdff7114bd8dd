import {
  AlreadyExistsError,
  ConflictError,
  DIRECT_LABEL,
  getCondition,
  NotFoundError,
  newSecret,
  type ObjectCache,
  type Session,
  type Store,
} from '@mooring/resources';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Logger } from 'pino';
import type { Registry } from 'prom-client';
import { z } from 'zod';
import { createApp } from '../http/app.js';
import { toProblem } from '../http/errors.js';
import { named } from '../http/named.js';
import { isForeign } from '../http/origin.js';
import { preferredWait } from '../http/prefer.js';
import { PROBLEM_TYPE, Problem, problemJson } from '../http/problem.js';
import { admittingStore } from '../limits/admission.js';
import { refusalMetrics } from '../limits/metrics.js';
import type { SessionLimits } from '../limits/places.js';
import { askedBy, byRequest } from '../sessions/asked-by.js';
import { keptBy } from '../sessions/kept.js';
import { isReady } from '../sessions/status.js';
import { Attempts } from './attempts.js';
import { type Deployment, draftOf, readDeployment } from './body.js';
import { type DeploySettings, directOwner } from './settings.js';
import { instanceOf, statusOf, wayTo } from './shapes.js';
import { Tokens } from './tokens.js';
import { signsIn, type Users } from './users.js';
import { untilSession } from './waiting.js';

export interface ManagementOptions {
  store: Store;
  sessions: ObjectCache<'Session'>;
  settings: DeploySettings;
  /** Who may, as of now; everybody may where it is missing. */
  users?: (() => Promise<Users>) | undefined;
  tokens: { key: Buffer; maxAgeSeconds: number };
  /** What can be run at all, where that is known beforehand; what can't is found out by its start where it is missing. */
  images?: { names: readonly string[]; has: (image: string) => boolean } | undefined;
  /** How many sessions may run, with those of the other doors. */
  limits: SessionLimits;
  registry: Registry;
  /** In ms since the epoch. */
  now: () => number;
  logger: Logger;
}

type Named = FastifyRequest<{ Params: { id: string } }>;

/** As whom everybody is known where nobody is asked who they are. */
const ANYBODY = 'anybody';
const DEFAULT_WAIT_S = 10;
const ATTEMPTS = 5;
const MAX_BODY = 64 * 1024;
const CONFIG = { door: 'direct' } as const;

const loginSchema = z.object({ username: z.string().min(1).max(256), password: z.string().min(1).max(1024) });

const problem = (status: number, code: string, detail: string, title = 'Bad Request'): Problem =>
  new Problem({ status, code, title, detail });
const unauthorized = (detail: string): Problem => problem(401, 'not-authorized', detail, 'Unauthorized');
const unknownOne = (): Problem => problem(404, 'unknown-deployment', 'You have no deployment of this id or name.', 'Not Found');

/** As problem+json, and in ContainerDirectRouting's shape: `message` for who may not, else `error`. */
function sendError(error: unknown, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const told = toProblem(error, request);
  if (told.cause !== undefined) request.log.warn({ err: told.cause, code: told.code }, 'request failed');
  if (told.retryAfter !== undefined) reply.header('Retry-After', told.retryAfter);
  const body = { ...JSON.parse(problemJson(told, request.id)), [told.status === 401 ? 'message' : 'error']: told.message };
  return reply.code(told.status).type(PROBLEM_TYPE).send(JSON.stringify(body));
}

class Management {
  readonly #tokens: Tokens;
  readonly #attempts: Attempts;

  constructor(private readonly options: ManagementOptions) {
    this.#tokens = new Tokens({ ...options.tokens, now: options.now });
    this.#attempts = new Attempts(options.now);
  }

  readonly login = async (request: FastifyRequest): Promise<object> => {
    const { users } = this.options;
    if (!users) throw problem(404, 'no-sign-in', 'Nobody needs to sign in here.', 'Not Found');
    const given = loginSchema.safeParse(request.body);
    if (!given.success) throw problem(400, 'invalid-body', 'The body must be JSON such as {"username": "bob", "password": "…"}.');
    const { username, password } = given.data;
    const known = await users();
    const keys = [`address ${request.ip}`, `user ${username}`];
    if (!(await this.#attempts.run(keys, () => signsIn(known, username, password)))) {
      request.log.warn({ from: request.ip }, 'an attempt to sign in to the management API failed');
      throw unauthorized('login invalid');
    }
    return { token: this.#tokens.issue(username, known) };
  };

  readonly create = async (request: FastifyRequest, reply: FastifyReply): Promise<object> => {
    const user = await this.#user(request);
    const deployment = readDeployment(request.body);
    this.#checkImage(deployment);
    const draft = askedBy(draftOf(deployment, user, this.options.settings), request.id);
    const secret = newSecret();
    const session = await this.#create(draft, secret);
    const after = await this.#settled(session, request);
    if (after?.status.phase === 'Failed') await this.#takeBack(after);
    if (after === undefined || getCondition(after.status.conditions, 'ContainerRunning')?.status !== 'True') reply.code(202);
    request.log.info({ session: session.metadata.name, who: user }, 'deployed');
    return { id: session.metadata.uid, name: session.metadata.name, ...wayTo(session, secret) };
  };

  readonly list = async (request: FastifyRequest): Promise<object> => {
    const user = await this.#user(request);
    const own = this.options.sessions.labelled(DIRECT_LABEL).filter((session) => isOwn(session, user));
    return { instances: own.sort(byName).map(instanceOf) };
  };

  readonly one = async (request: Named): Promise<object> => {
    const session = await this.#own(request, await this.#user(request));
    return { ...instanceOf(session), ...wayTo(session, await this.options.store.secret(session.metadata.uid)) };
  };

  readonly start = async (request: Named, reply: FastifyReply): Promise<object> => {
    const user = await this.#user(request);
    const session = await this.#own(request, user);
    if (session.spec.running) throw problem(400, 'runs-already', `container is ${statusOf(session)}`);
    const woken = await this.#wake(session, request.id);
    const wait = preferredWait(request.headers.prefer);
    if (wait !== undefined) {
      const after = await untilSession(this.options.sessions, woken, isReady, { ms: wait * 1000 });
      if (after === undefined || !isReady(after)) reply.code(202);
    }
    return { id: session.metadata.uid };
  };

  readonly remove = async (request: Named, reply: FastifyReply): Promise<object> => {
    const user = await this.#user(request);
    const session = await this.#own(request, user);
    if (session.spec.launch.labels.origin !== 'spawner')
      throw problem(403, 'not-spawned', 'Only what was deployed here may be deleted here.', 'Forbidden');
    const { name, uid } = session.metadata;
    await this.options.store.delete('Session', name, { uid, annotations: byRequest(request.id) });
    const wait = preferredWait(request.headers.prefer) ?? DEFAULT_WAIT_S;
    if ((await untilSession(this.options.sessions, session, () => false, { ms: wait * 1000 })) !== undefined) reply.code(202);
    request.log.info({ session: name, who: user }, 'a deployment is deleted');
    return { result: 'ok' };
  };

  async #user(request: FastifyRequest): Promise<string> {
    if (request.method !== 'GET' && isForeign(request))
      throw problem(403, 'foreign-origin', 'This was sent by a page of another site, and nothing was changed.', 'Forbidden');
    const { users } = this.options;
    if (!users) return ANYBODY;
    const { token } = request.headers;
    const read = typeof token === 'string' ? this.#tokens.read(token, await users()) : 'invalid';
    if (read === 'expired') throw unauthorized('token is expired');
    if (read === 'invalid') throw unauthorized('token invalid');
    return read.user;
  }

  #checkImage({ image }: Deployment): void {
    const { images } = this.options;
    if (images === undefined || images.has(image)) return;
    throw problem(400, 'unknown-image', `There is no image ${image} here. Name one of ${images.names.join(', ')}.`);
  }

  async #own({ params: { id } }: Named, user: string): Promise<Session> {
    const { sessions, store } = this.options;
    const found = sessions.byUid(id) ?? sessions.get(id) ?? (await store.get('Session', id));
    if (found === undefined || !isOwn(found, user)) throw unknownOne();
    return found;
  }

  async #create(draft: ReturnType<typeof draftOf>, secret: string): Promise<Session> {
    try {
      return await this.options.store.create('Session', draft, { secret });
    } catch (error) {
      if (!(error instanceof AlreadyExistsError)) throw error;
      throw problem(409, 'name-taken', `The name ${draft.metadata.name} is taken. Choose another, or delete that one first.`, 'Conflict');
    }
  }

  /** The session once its container runs, or can't; or as far as it is when the time is up that its sender has. */
  #settled(session: Session, request: FastifyRequest): Promise<Session | undefined> {
    const wait = preferredWait(request.headers.prefer) ?? DEFAULT_WAIT_S;
    const isSettled = ({ status }: Session): boolean =>
      status.phase === 'Failed' || getCondition(status.conditions, 'ContainerRunning')?.status === 'True';
    return untilSession(this.options.sessions, session, isSettled, { ms: wait * 1000 });
  }

  /** What can't be started, such as an image that there isn't, leaves nothing behind. */
  async #takeBack({ metadata, status }: Session): Promise<never> {
    const ready = getCondition(status.conditions, 'Ready');
    await this.options.store.delete('Session', metadata.name, { uid: metadata.uid });
    throw problem(400, 'not-started', `The container could not be started, and nothing was kept of it. ${ready?.message ?? ''}`.trim());
  }

  async #wake(session: Session, requestId: string): Promise<Session> {
    const { store, now } = this.options;
    let current: Session | undefined = session;
    for (let attempt = 0; attempt < ATTEMPTS && current !== undefined; attempt += 1) {
      const wanted = keptBy(current, undefined, now());
      if (wanted === undefined) return current;
      try {
        return await store.update('Session', askedBy(wanted, requestId));
      } catch (error) {
        if (!(error instanceof ConflictError || error instanceof NotFoundError)) throw error;
        current = await store.get('Session', session.metadata.name);
      }
    }
    throw unknownOne();
  }
}

const byName = (a: Session, b: Session): number => (a.metadata.name < b.metadata.name ? -1 : 1);

const isOwn = ({ spec, metadata }: Session, user: string): boolean =>
  metadata.labels[DIRECT_LABEL] !== undefined && spec.owner.name === directOwner(user);

/** Whatever type is named, or none: theirs reads JSON all the same. */
function parseBody(_request: FastifyRequest, body: string | Buffer, done: (error: Error | null, body?: unknown) => void): void {
  try {
    done(null, body === '' ? undefined : JSON.parse(String(body)));
  } catch {
    done(problem(400, 'invalid-body', 'The body is not JSON.'));
  }
}

function managementRoutes(management: Management) {
  return async (scope: FastifyInstance): Promise<void> => {
    scope.setErrorHandler((error, request, reply) => {
      sendError(error, request, reply);
    });
    scope.addContentTypeParser('*', { parseAs: 'string', bodyLimit: MAX_BODY }, parseBody);
    scope.post('/login', { config: CONFIG }, management.login);
    for (const path of ['/deploy', '/deploy/']) {
      scope.post(path, { config: CONFIG }, management.create);
      scope.get(path, { config: CONFIG }, management.list);
    }
    scope.get('/deploy/:id', { config: CONFIG }, management.one);
    scope.put('/deploy/:id', { config: CONFIG }, management.start);
    scope.delete('/deploy/:id', { config: CONFIG }, management.remove);
  };
}

/**
 * ContainerDirectRouting's management API, not listening yet: POST /login, POST and GET /deploy, PUT and DELETE /deploy/<id or name>, in its
 * shapes; and GET /deploy/<id>, which tells the cookie.
 */
export async function buildManagement(options: ManagementOptions): Promise<FastifyInstance> {
  const app = await createApp({ logger: options.logger });
  const store = admittingStore({ ...options, refused: refusalMetrics(options.registry) });
  await app.register(named('management-routes', managementRoutes(new Management({ ...options, store }))));
  return app;
}
