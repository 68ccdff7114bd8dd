import { type Html, html, NOTHING } from '../http/html.js';
import { boat } from '../pages/boat.js';
import { layout } from '../pages/layout.js';

export interface LoginForm {
  /** Where to go afterwards: a path on our own origin. */
  next: string;
  /** What was wrong with the last attempt; empty where nothing was. */
  problem: string;
}

export function loginPage({ next, problem }: LoginForm): Html {
  const complaint = problem === '' ? NOTHING : html`<p class="complaint" id="complaint" role="alert">${problem}</p>`;
  return layout({
    title: 'Sign in',
    body: html`<main class="card">
${boat}
<h1>Sign in</h1>
<p class="lead">This Mooring runs on one machine and takes your word for who you are.</p>
${complaint}
<form method="post" action="/login">
<label for="user">Your name</label>
<input id="user" name="user" required maxlength="64" autocomplete="username" autocapitalize="none" spellcheck="false" autofocus pattern="[A-Za-z0-9][A-Za-z0-9._@\\-]*" title="Letters, digits, and . _ @ -">
<input type="hidden" name="next" value="${next}">
<button type="submit">Open my notebook</button>
</form>
</main>`,
  });
}
