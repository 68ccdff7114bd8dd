import { type Html, html } from '../http/html.js';
import { assetUrl } from '../pages/assets.js';
import { boat } from '../pages/boat.js';
import { layout } from '../pages/layout.js';
import type { Step } from '../sessions/progress.js';
import type { SessionView } from '../sessions/status.js';

/** Seconds after which a browser without scripts asks again: soon where the notebook is ready, never so soon that it spins. */
function refreshAfter(phase: SessionView['phase'], missedRoute: boolean): number {
  if (phase === 'Failed') return 15;
  return phase === 'Ready' && !missedRoute ? 1 : 3;
}

function stepItem({ label, state, message }: Step): Html {
  return html`<li class="step" data-state="${state}"><span class="label">${label}</span><span class="message">${message}</span></li>
`;
}

export interface Onward {
  /** Where the browser goes once the session is ready. */
  readyUrl: string;
  /** It is ready and the browser has the right cookie, yet the request came to us; so the script waits before it tries again. */
  missedRoute: boolean;
}

/**
 * The page between asking for a notebook and being in it. The script follows the session's events, asks for `view.url` again where that is
 * a wish, and goes to `readyUrl` once the session is ready.
 */
export function waitingPage(view: SessionView, { readyUrl, missedRoute }: Onward): Html {
  const { name, phase, progress, url, letGo } = view;
  const next = phase === 'Ready' && !missedRoute ? readyUrl : url;
  return layout({
    title: progress.headline,
    head: html`<noscript><meta http-equiv="refresh" content="${refreshAfter(phase, missedRoute)}; url=${next}"></noscript>
<script type="module" src="${assetUrl('page.js')}"></script>`,
    body: html`<main class="card" id="waiting" data-name="${name}" data-target="${url}" data-ready="${readyUrl}" data-phase="${phase}" data-missed="${String(missedRoute)}" data-let-go="${String(letGo)}">
${boat}
<h1 id="headline" aria-live="polite">${progress.headline}</h1>
<p class="lead"><span id="lead">${progress.lead}</span> <span id="elapsed" class="elapsed" aria-hidden="true"></span></p>
<ol class="steps" id="steps">
${progress.steps.map(stepItem)}</ol>
<p class="keep"><a class="button" id="keep" href="${url}">${progress.action}</a></p>
<noscript><p><a class="button" href="${url}">Look again</a></p></noscript>
<p class="advice">It is tried again by itself. If it stays like this, tell the operators the name below.</p>
<p class="aside">${name}</p>
</main>`,
  });
}
