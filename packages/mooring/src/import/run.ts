import { randomUUID } from 'node:crypto';
import type { ProjectClient, Service } from '@mooring/rancher-client';
import { probeSchema, routeSchema, type Store } from '@mooring/resources';
import type { Config } from '../config/config.js';
import { idlePolicy, serveTemplate } from '../template.js';
import { type Candidate, findCandidates, withInstances } from './candidates.js';
import { type ImportLine, lineOf } from './report.js';
import { judge, type Surroundings, type Verdict } from './verdict.js';

export interface ImportOptions {
  config: Config;
  store: Store;
  rancher: ProjectClient;
  stackId: string;
  dryRun: boolean;
}

type Import = Extract<Verdict, { action: 'import' }>;

/**
 * Gives every session that narrative-traefiker left a record, one after the other. Its container isn't touched: its service gets a mark in
 * its metadata, by a PUT that keeps the container (recording 03-24). An import that was stopped in between goes on where it was.
 */
export async function runImport(options: ImportOptions): Promise<ImportLine[]> {
  const candidates = await readCandidates(options);
  const around = await surroundings(options, candidates);
  const lines: ImportLine[] = [];
  for (const candidate of candidates) lines.push(await importOne(candidate, judge(candidate, around), options));
  return lines;
}

async function readCandidates({ config, rancher, stackId }: ImportOptions): Promise<Candidate[]> {
  const services = await rancher.services.list({ stackId });
  const containers = await rancher.containers.list();
  return findCandidates(withInstances(services, containers), config.settings);
}

async function surroundings({ config, store }: ImportOptions, candidates: readonly Candidate[]): Promise<Surroundings> {
  const { items } = await store.list('Session');
  const { route, probe } = serveTemplate(config).spec;
  const template = {
    route: routeSchema.parse(route),
    probe: probeSchema.parse(probe ?? {}),
    idlePolicy: idlePolicy(config.settings, 'serve'),
  };
  return {
    template,
    sessions: new Map(items.map((session) => [session.metadata.name, session])),
    firstOfName: firstOfName(candidates),
    newUid: randomUUID,
    now: new Date(),
  };
}

/** Rancher lets two services of one name through at times: one that runs goes first. */
function firstOfName(candidates: readonly Candidate[]): Map<string, string> {
  const runs = ({ instances }: Service): boolean => (instances ?? []).some(({ state }) => state === 'running');
  const first = new Map<string, Service>();
  for (const { service } of candidates) {
    const before = first.get(service.name);
    if (!before || (!runs(before) && runs(service))) first.set(service.name, service);
  }
  return new Map([...first].map(([name, { id }]) => [name, id]));
}

async function importOne({ service }: Candidate, verdict: Verdict, options: ImportOptions): Promise<ImportLine> {
  const line = lineOf(service, verdict);
  if (verdict.action !== 'import' || options.dryRun) return line;
  try {
    await write(service, verdict, options);
    return line;
  } catch (error) {
    return { ...line, action: 'failed', reason: error instanceof Error ? error.message : String(error) };
  }
}

/** The mark first: should the record not come to be, `serve` adopts what is marked. */
async function write(service: Service, { mark, draft, uid, secret }: Import, { rancher, store }: ImportOptions): Promise<void> {
  await rancher.services.update(service.id, { metadata: { ...service.metadata, mooring: mark } });
  await store.create('Session', draft, { uid, secret });
}
