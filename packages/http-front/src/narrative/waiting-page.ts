import { type Html, html } from '../http/html.js';
import { assetUrl, type ScriptFile } from '../pages/assets.js';
import { contactHtml } from '../pages/contact.js';
import { duration } from '../pages/duration.js';
import { harbour } from '../pages/harbour.js';
import { layout } from '../pages/layout.js';
import type { SessionView } from '../sessions/status.js';
import type { Step } from '../sessions/steps.js';
import { lateAfter, type UsualStart, usualInWords } from './usual.js';

/** Seconds after which a browser without scripts asks again: soon where the notebook is ready, never so soon that it spins. */
function refreshAfter(phase: SessionView['phase'], missedRoute: boolean): number {
  if (phase === 'Failed') return 15;
  return phase === 'Ready' && !missedRoute ? 1 : 3;
}

const STATES: Record<Step['state'], string> = { done: 'done', current: 'under way', failed: 'failed', waiting: 'still to come' };

const current = (state: Step['state']): Html => (state === 'current' || state === 'failed' ? html` aria-current="step"` : html``);

const clockTime = (at: string | undefined): string => (at === undefined ? '' : `${at.slice(11, 19)} UTC`);

/** A moment in the clock's time; the script says it in the reader's own. */
const moment = (id: string, at: string | undefined): Html => html`<time id="${id}" datetime="${at ?? ''}">${clockTime(at)}</time>`;

function stepItem({ label, state, message, seconds }: Step): Html {
  return html`<li class="step" data-state="${state}"${current(state)}><span class="label">${label}</span><span class="unseen state">, ${STATES[state]} </span><span class="took">${seconds === undefined ? '' : duration(seconds)}</span><span class="message">${message}</span></li>
`;
}

/** The attribute of what isn't to be seen now; the script shows it when it is. */
const hiddenUnless = (shown: boolean): Html => (shown ? html`` : html` hidden`);

function queueBlock({ queue }: SessionView): Html {
  const { place, of } = queue ?? { place: 0, of: 0 };
  return html`<p class="queue" id="queue"${hiddenUnless(queue !== undefined)}><span class="unseen">Place </span><span class="place" id="place">${place}</span> <span>of <span id="of">${of}</span> in the queue</span></p>`;
}

function retryForm(retryUrl: string, url: string): Html {
  return html`<form method="post" action="${retryUrl}"><input type="hidden" name="next" value="${url}"><button type="submit">Try again</button>`;
}

/** Opening the page again is what asks for another try where there is no such address. */
const reloadForm = (url: string): Html => html`<form method="get" action="${url}"><button type="submit">Try again</button>`;

function failureBlock({ name, progress: { failure } }: SessionView, contact: string | undefined, form: Html): Html {
  const { advice = '', detail = '', triedAt } = failure ?? {};
  return html`<section class="failure" id="failure" aria-label="What can be done"${hiddenUnless(failure !== undefined)}>
<p><span id="advice">${advice}</span> If it stays like this, ask ${contactHtml(contact, `Notebook ${name}`)}, and tell them the name below.</p>
<details><summary>What the data centre said</summary><p id="detail">${detail}</p></details>
${form} <span class="aside" id="tried"${hiddenUnless(triedAt !== undefined)}>last tried at ${moment('tried-at', triedAt)}</span></form>
</section>`;
}

interface Onward {
  /** Where the browser goes once the session is ready. */
  readyUrl: string;
  /** It is ready and the browser has the right cookie, yet the request came to us; so the script waits before it tries again. */
  missedRoute: boolean;
}

export interface Surroundings extends Onward {
  /** Where the page asks for the session's status; its events are below. Its owner's where it is missing. */
  statusUrl?: string;
  /** Where a start that failed is tried again; there is no such button where it is undefined, and its owner's where it is missing. */
  retryUrl?: string | undefined;
  /** How long recent starts of this kind took. */
  usual?: UsualStart | undefined;
  /** Whom to ask for help: an address of mail or of a page, or words. */
  contact?: string | undefined;
  /** In ms since the epoch. */
  now: number;
}

/** What page.js imports, so that it is fetched at the same time. */
const PARTS: readonly ScriptFile[] = ['announce.js', 'decide.js', 'duration.js', 'follow.js', 'paint.js', 'retry.js'];
const SCRIPTS = html`${PARTS.map((file) => html`<link rel="modulepreload" href="${assetUrl(file)}">\n`)}<script type="module" src="${assetUrl('page.js')}"></script>`;

function head({ phase, url }: SessionView, { readyUrl, missedRoute }: Onward): Html {
  const next = phase === 'Ready' && !missedRoute ? readyUrl : url;
  return html`<noscript><meta http-equiv="refresh" content="${refreshAfter(phase, missedRoute)}; url=${next}"></noscript>
${SCRIPTS}`;
}

function elapsed({ progress: { since } }: SessionView, now: number): string {
  const seconds = since === undefined ? 0 : Math.floor((now - Date.parse(since)) / 1000);
  return seconds < 1 ? '' : `${duration(seconds)} so far.`;
}

/**
 * The page between asking for a notebook and being in it. The script follows the session's events, asks for `view.url` again where that is
 * a wish, and goes to `readyUrl` once the session is ready. Without a script the browser asks again by itself.
 */
export function waitingPage(view: SessionView, { usual, contact, now, ...onward }: Surroundings): Html {
  const {
    statusUrl = `/narrative_session/${view.name}`,
    retryUrl = 'retryUrl' in onward ? undefined : `/narrative_session/${view.name}/retry`,
  } = onward;
  const { name, phase, progress, url, letGo } = view;
  const done = progress.steps.filter(({ state }) => state === 'done').length;
  return layout({
    title: progress.headline,
    head: head(view, onward),
    body: html`<main class="card berth" id="waiting" data-name="${name}" data-status="${statusUrl}" data-target="${url}" data-ready="${onward.readyUrl}" data-phase="${phase}" data-missed="${String(onward.missedRoute)}" data-mood="${progress.mood}" data-done="${done}" data-ahead="${Math.min(3, (view.queue?.place ?? 1) - 1)}" data-now="${now}" data-since="${progress.since ?? ''}" data-step-since="${progress.stepSince ?? ''}" data-late-after="${lateAfter(usual)}">
<div class="view">${harbour}</div>
<div class="log">
<h1 id="headline">${progress.headline}</h1>
<p class="lead" id="lead">${progress.lead}</p>
${queueBlock(view)}
<ol class="steps" id="steps"${hiddenUnless(progress.steps.length > 0)}>
${progress.steps.map(stepItem)}</ol>
<p class="times" id="times"><span id="asked"${hiddenUnless(progress.since !== undefined)}>Asked for at ${moment('asked-at', progress.since)}.</span> <span id="elapsed" aria-hidden="true">${elapsed(view, now)}</span> <span id="usual">${usualInWords(usual)}</span></p>
<p class="late" id="late" hidden>This takes longer than usual. It goes on, also when you close this page and come back. If it stays like this, ask ${contactHtml(contact, `Notebook ${name}`)}.</p>
<p class="trouble" id="trouble" hidden>There is no connection at the moment. This page looks again by itself.</p>
${failureBlock(view, contact, retryUrl === undefined ? reloadForm(url) : retryForm(retryUrl, url))}
<p class="keep" id="keeping"${hiddenUnless(letGo)}><a class="button" id="keep" href="${url}">${progress.action}</a></p>
<noscript><p class="keep"><a class="button" href="${url}">Look again</a></p></noscript>
<p class="aside name">${name}</p>
<p class="unseen" role="status" id="announce"></p>
</div>
</main>`,
  });
}
