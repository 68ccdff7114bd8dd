import { type Html, html, NOTHING } from '../http/html.js';
import type { Problem } from '../http/problem.js';
import { boat } from './boat.js';
import { layout } from './layout.js';

/** A problem for somebody who looks at it. One that passes by itself is tried again by itself, without a script. */
export function problemPage({ title, message, status, code, retryAfter }: Problem): Html {
  return layout({
    title,
    head: retryAfter === undefined ? NOTHING : html`<meta http-equiv="refresh" content="${retryAfter}">`,
    body: html`<main class="card">
${boat}
<h1>${title}</h1>
<p class="lead" role="alert">${message}</p>
<p class="aside">${status} · ${code}</p>
<p><a class="button" href="/narrative/">Open my notebook</a></p>
</main>`,
  });
}
