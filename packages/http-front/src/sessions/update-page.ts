import { getCondition, type Session, UP_TO_DATE } from '@mooring/resources';
import { type Html, html } from '../http/html.js';
import { boat } from '../pages/boat.js';
import { layout } from '../pages/layout.js';
import { homeOf } from './status.js';

/** Where a person has their notebook updated, and is told what that does. `isOffered`: there is something to update it to. */
export function updatePage(session: Session, isOffered: boolean): Html {
  const { name } = session.metadata;
  const version = getCondition(session.status.conditions, UP_TO_DATE);
  const headline = isOffered ? 'There is a new version of your notebook' : 'Your notebook has no new version';
  return layout({
    title: headline,
    body: html`<main class="card">
${boat}
<h1>${headline}</h1>
<p class="lead">${isOffered ? 'Your files, and the way you get there, stay. What runs in it is ended, and it starts anew.' : (version?.message ?? 'It is as it should be.')}</p>
${
  isOffered
    ? html`<form method="post" action="/narrative_session/${name}/update"><input type="hidden" name="next" value="${homeOf(session)}"><button type="submit">Update</button></form>
`
    : html``
}<p><a href="${homeOf(session)}">Back to my notebook</a></p>
<p class="aside name">${name}</p>
</main>`,
  });
}
