import { CONTAINERS, containerPath } from './container.js';
import { el, say } from './dom.js';

/** Characters that are shown; what was before them is a download away. */
const MOST = 200_000;
const RETRY_MS = 2_000;

const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

/** Tells what comes, until it ends. */
async function read({ body }, onText) {
  const reader = body.pipeThrough(new TextDecoderStream()).getReader();
  for (let part = await reader.read(); !part.done; part = await reader.read()) onText(part.value);
}

/** What a container writes, as it writes it. @param {(text: string) => void} onText @returns {Promise<string>} why it is over */
async function follow(resource, signal, onText) {
  const answer = await fetch(`${CONTAINERS}${containerPath(resource, 'stdout')}?follow=true`, { signal, cache: 'no-store' });
  if (answer.ok) {
    await read(answer, onText);
    return 'It has ended.';
  }
  const problem = await answer.json().catch(() => ({}));
  if (problem.code !== 'not-started') return problem.detail ?? `Mooring answered ${answer.status}.`;
  await pause(RETRY_MS);
  signal.throwIfAborted();
  return follow(resource, signal, onText);
}

/** The output of a container, live. */
export function outputTab(panel) {
  const [text, note] = [el('pre.lines', { tabIndex: 0 }), el('p.measure', {}, 'Following …')];
  text.setAttribute('aria-label', 'Log');
  text.setAttribute('role', 'region');
  panel.append(note, text);
  let following;
  let stop = new AbortController();

  const add = (more) => {
    const isAtEnd = text.scrollHeight - text.scrollTop - text.clientHeight < 24;
    text.textContent = (text.textContent + more).slice(-MOST);
    say(note, 'Live.');
    if (isAtEnd) text.scrollTop = text.scrollHeight;
  };
  return {
    ask: async () => undefined,
    /** Another container, or another start of it, is followed from its beginning. */
    paint(resource) {
      const which = `${containerPath(resource, '')} ${resource.status.container?.id}`;
      if (which === following) return;
      following = which;
      stop.abort();
      stop = new AbortController();
      const { signal } = stop;
      text.textContent = '';
      follow(resource, signal, (more) => !signal.aborted && add(more)).then(
        (why) => !signal.aborted && say(note, why),
        () => !signal.aborted && say(note, 'It can’t be followed: Mooring does not answer. Open this again.'),
      );
    },
    close: () => stop.abort(),
  };
}
