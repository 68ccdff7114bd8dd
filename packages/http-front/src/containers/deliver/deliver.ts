import { readFile, rm } from 'node:fs/promises';
import type { Session } from '@mooring/resources';
import { fetchInto } from '../fetch/fetch.js';
import type { AddressGuard } from '../fetch/guard.js';
import { DATA_FOLDER } from '../jobs/draft.js';
import type { Job, JobFiles } from '../jobs/job-files.js';
import { aboutOf, idOf } from '../names.js';
import type { ContainerFiles } from '../ports/container-files.js';
import { ENVIRONMENT, environmentScript, failingScript, MARKER, scriptPath } from '../start-command.js';
import { type Reachable, resolveEnv } from '../templates.js';
import { safeTar, tarOfTexts } from './archive.js';
import { spool, wholeOf } from './whole.js';

/** How much is taken, and for how long it is waited. */
export interface DeliveryLimits {
  scriptBytes: number;
  /** Fetched, and unpacked. */
  dataBytes: number;
  dataFiles: number;
  fetchMs: number;
}

export interface DeliverParts {
  files: ContainerFiles;
  jobs: JobFiles;
  guard: AddressGuard;
  limits: DeliveryLimits;
  signal: AbortSignal;
  /** Another container of the same owner, once it runs. */
  find(owner: string, name: string): Reachable | undefined;
}

/** `waiting`: for another container. */
export type Outcome = { kind: 'delivered' } | { kind: 'failed'; why: string } | { kind: 'waiting'; for: string };

const isFetchRefused = (error: unknown): error is Error => (error as { code?: unknown } | undefined)?.code === 'FetchRefused';

interface Delivering {
  session: Session;
  /** Rancher's id of the container. */
  container: string;
  job: Job;
}

async function scriptOf({ session, job }: Delivering, { jobs, guard, limits, signal }: DeliverParts): Promise<Buffer> {
  const id = idOf(session);
  const saved = await jobs.script(id);
  if (saved !== undefined) return saved;
  const draft = jobs.draft(id, 'script.fetched');
  await fetchInto(draft, job.scripturl ?? '', { guard, signal, maxBytes: limits.scriptBytes, timeoutMs: limits.fetchMs });
  const script = await readFile(draft);
  await jobs.saveScript(id, script);
  await rm(draft, { force: true });
  return script;
}

const fileNameOf = (url: string): string =>
  decodeURIComponent(new URL(url).pathname.split('/').at(-1) ?? '').replaceAll('/', '_') || 'data';

async function putData({ session, container, job }: Delivering, { jobs, guard, limits, signal, files }: DeliverParts): Promise<void> {
  if (job.dataurl === undefined) return;
  const id = idOf(session);
  const [fetched, tar] = [jobs.draft(id, 'data'), jobs.draft(id, 'data.tar')];
  try {
    await fetchInto(fetched, job.dataurl, { guard, signal, maxBytes: limits.dataBytes, timeoutMs: limits.fetchMs });
    const archive = { maxBytes: limits.dataBytes, maxFiles: limits.dataFiles };
    const whole = await spool(safeTar(fetched, fileNameOf(job.dataurl), archive), tar);
    await files.writeArchive(container, job.datapath ?? DATA_FOLDER, whole(), signal);
  } finally {
    await Promise.all([rm(fetched, { force: true }), rm(tar, { force: true })]);
  }
}

/** The marker comes last, and by itself. */
async function putScript(
  { session, container }: Delivering,
  content: { script: Buffer; env: string },
  { files, signal }: DeliverParts,
): Promise<void> {
  const script = { name: scriptPath(aboutOf(session).scriptname), content: content.script, mode: 0o755 };
  const env = content.env === '' ? [] : [{ name: ENVIRONMENT, content: content.env, mode: 0o644 }];
  await files.writeArchive(container, '/', wholeOf(await tarOfTexts([script, ...env])), signal);
  await files.writeArchive(container, '/', wholeOf(await tarOfTexts([{ name: MARKER, content: '', mode: 0o644 }])), signal);
}

/**
 * Puts data and script into a container that waits for them. Once and again is the same. What can't be had is told in the container's own
 * output, and fails it.
 *
 * @throws what may go well another time: the container's host can't be asked, or the container is not there yet
 */
export async function deliver(delivering: Delivering, parts: DeliverParts): Promise<Outcome> {
  const { spec } = delivering.session;
  const resolved = resolveEnv(spec.launch.env, (name) => parts.find(spec.owner.name, name));
  if (resolved.kind === 'waiting') return resolved;
  try {
    if (resolved.kind === 'wrong') throw Object.assign(new Error(resolved.why), { code: 'FetchRefused' });
    await putData(delivering, parts);
    const script = await scriptOf(delivering, parts);
    await putScript(delivering, { script, env: environmentScript(resolved.env) }, parts);
    return { kind: 'delivered' };
  } catch (error) {
    if (!isFetchRefused(error)) throw error;
    await putScript(delivering, { script: Buffer.from(failingScript(error.message)), env: '' }, parts);
    return { kind: 'failed', why: error.message };
  }
}
