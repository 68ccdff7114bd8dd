import { sessionPath } from './api.js';

/** What can be done to a session, and how it is asked: each is a request of the API. */
const DEEDS = {
  keep: {
    label: 'Keep',
    title: 'Keep this session?',
    text: 'Its mark as idle goes, and it runs on.',
    done: 'is kept',
    request: { method: 'POST' },
    path: '/keep',
  },
  start: {
    label: 'Start',
    title: 'Start this session?',
    text: 'Its container is started again.',
    done: 'is being started',
    request: { method: 'PATCH', body: { spec: { running: true } } },
  },
  retry: {
    label: 'Try again',
    title: 'Try to start this session again?',
    text: 'It is tried at once, with what its template asks for by now.',
    done: 'is tried again',
    request: { method: 'POST' },
    path: '/retry',
  },
  update: {
    label: 'Update',
    title: 'Update this session?',
    text: 'Whoever works in it is interrupted. It starts anew with what its template has by now; its files, environment and cookie stay.',
    done: 'is being updated',
    request: { method: 'POST' },
    path: '/update',
  },
  stop: {
    label: 'Stop',
    title: 'Stop this session?',
    text: 'Whoever works in it is interrupted. Its container is kept for the next start.',
    done: 'is being stopped',
    request: { method: 'PATCH', body: { spec: { running: false } } },
  },
  delete: {
    label: 'Delete',
    title: 'Delete this session?',
    text: 'Whoever works in it is interrupted. Its container goes, with what is only in there.',
    done: 'is being deleted',
    request: { method: 'DELETE' },
    grave: true,
  },
};

/** There is a new version for it, which is not on its way yet. */
const canBeUpdated = ({ status }) =>
  (status.conditions ?? []).some(({ type, reason }) => type === 'UpToDate' && (reason === 'NewVersion' || reason === 'UpdateFailed'));

/** What makes sense now, by its row. @returns {string[]} */
export function deedsFor({ state, pool, resource }) {
  if (state === 'Terminating') return [];
  if (pool !== undefined) return ['delete'];
  const first = { Marked: ['keep'], Failed: ['retry'] }[state] ?? [];
  const update = resource.spec.running && canBeUpdated(resource) ? ['update'] : [];
  return [...first, ...update, resource.spec.running ? 'stop' : 'start', 'delete'];
}

/** @returns what is asked before it is done, for the dialog, and the request */
export function deedOf(kind, { name, who }) {
  const { label, title, text, done, request, path = '', grave = false } = DEEDS[kind];
  return { label, title, text: `${name} of ${who}: ${text}`, done: `${name} ${done}.`, path: sessionPath(name, path), request, grave };
}
export const labelOf = (kind) => DEEDS[kind].label;
