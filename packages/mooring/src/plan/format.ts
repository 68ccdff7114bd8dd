import type { Survey } from '@mooring/controller';
import { withoutUserInfo } from '../config/secrets.js';
import { section } from '../table.js';

/** What `plan --json` prints; docs/plan.md tells its fields. */
export interface Plan extends Survey {
  /** When Rancher was read: RFC 3339. */
  at: string;
  rancher: { url: string; projectId: string; stackId: string };
  /** `usedBy`: the process that has the data folder. */
  store: { path: string; resourceVersion: string; usedBy?: number };
}

const list = (items: readonly string[]): string => items.join(', ') || '-';

/** The plan as tables for people; what there is none of has no table. */
export function formatPlan(plan: Plan): string {
  return `${[...place(plan), ...sessions(plan), ...duplicates(plan), ...adoptions(plan), ...strays(plan), ...drift(plan), ...pools(plan)].join('\n')}\n`;
}

function place({ rancher, store }: Plan): string[] {
  const who =
    store.usedBy === undefined ? 'no Mooring runs on it: this is what its next start would do' : `process ${store.usedBy} runs on it`;
  return [
    `Stack ${rancher.stackId} in environment ${rancher.projectId} of ${withoutUserInfo(rancher.url)}; store ${store.path} (${who}).`,
    'Nothing was changed. Whether containers answer and routes are live is as last recorded: nobody was asked.',
  ];
}

function sessions(plan: Plan): string[] {
  if (plan.sessions.length === 0) return ['', 'There are no sessions.'];
  const rows = plan.sessions.map(({ name, owner, phase, step, why }) => [name, owner, phase, step, why]);
  return section('Sessions', ['SESSION', 'OWNER', 'PHASE', 'STEP', 'WHY'], rows);
}

const duplicates = (plan: Plan): string[] =>
  section(
    'Duplicates, of which one is kept',
    ['SESSION', 'KEPT', 'REMOVED'],
    plan.duplicates.map(({ session, kept, removed }) => [session, kept, list(removed)]),
  );

const adoptions = (plan: Plan): string[] =>
  section(
    'Adoptions: sessions that run and have no record',
    ['SESSION', 'SERVICES', 'WHY'],
    plan.adoptions.map(({ session, services, why }) => [session, list(services), why]),
  );

function strays({ strays, others }: Plan): string[] {
  const title = 'Strays: services that are marked as sessions of Mooring and are none; they are left alone';
  const rows = strays.map(({ id, name, state, reason, message }) => [id, name, state, reason, message]);
  const rest = others === 0 ? [] : ['', `${others} more service(s) of the stack aren't Mooring's.`];
  return [...section(title, ['SERVICE', 'NAME', 'STATE', 'REASON', 'WHY'], rows), ...rest];
}

function drift(plan: Plan): string[] {
  const title = 'Drift: what the template gives today and these do not have; it applies to sessions that are created from now on';
  const rows = plan.drift.map(({ session, template, image, environment, labels, fields }) => [
    session,
    `${template.name} ${template.copied} -> ${template.current}`,
    image ? `${image.running} -> ${image.template}` : '-',
    list(environment),
    list([...labels.map((label) => `label ${label}`), ...fields]),
  ]);
  return section(title, ['SESSION', 'TEMPLATE', 'IMAGE', 'ENVIRONMENT', 'OTHER'], rows);
}

function pools(plan: Plan): string[] {
  const rows = plan.pools.map(({ name, size, waiting, ready, version, create, remove }) => [
    name,
    size,
    waiting,
    ready,
    version ? `${version.image} (template ${version.generation})` : 'not known',
    create,
    list(remove),
  ]);
  return section('Pools', ['POOL', 'SIZE', 'WAITING', 'READY', 'VERSION', 'CREATE', 'REMOVE'], rows);
}
