import { type Html, html, NOTHING } from '../../http/html.js';
import { boat } from '../../pages/boat.js';
import { layout } from '../../pages/layout.js';

export function signOutPage(action: string): Html {
  return layout({
    title: 'Sign out',
    body: html`<main class="card">
${boat}
<h1>Sign out</h1>
<p class="lead">Your notebook goes on until nobody has used it for a while.</p>
<form method="post" action="${action}">
<button type="submit">Sign out</button>
</form>
</main>`,
  });
}

/** `elsewhere`: the provider's own page; a link, since its sign-in is for other places, too. */
export function signedOutPage(elsewhere: string | undefined): Html {
  const link = elsewhere === undefined ? NOTHING : html`<p><a href="${elsewhere}">Sign out of the sign-in service, too</a></p>`;
  return layout({
    title: 'Signed out',
    body: html`<main class="card">
${boat}
<h1>Signed out</h1>
<p class="lead">Nobody is signed in here any more.</p>
<p><a class="button" href="/narrative/">Sign in again</a></p>
${link}
</main>`,
  });
}
