import { type Html, html } from '../http/html.js';
import { assetUrl, DASHBOARD_SCRIPTS } from '../pages/assets.js';
import { layout } from '../pages/layout.js';

const MAIN = 'dashboard/main.js';

const HEAD = html`<link rel="stylesheet" href="${assetUrl('dashboard.css')}">
${DASHBOARD_SCRIPTS.map((file) => html`<link rel="modulepreload" href="${assetUrl(file)}">\n`)}<script type="module" src="${assetUrl(MAIN)}"></script>`;

const LOGO = html`<svg class="logo" viewBox="0 0 40 40" aria-hidden="true" focusable="false"><path class="mast" d="M19 5 v21"/><path class="sail" d="M21.5 6 q9 7 10.500 18 h-10.500 z"/><path class="sail small" d="M16.500 10 q-6 6 -7.500 14 h7.500 z"/><path class="body" d="M5 28 h30 q-3 8 -9 8 h-12 q-6 0 -9 -8 z"/></svg>`;

const chart = (id: string, title: string, about: string): Html => html`<section class="tile" aria-labelledby="${id}-title">
<header><h2 id="${id}-title">${title}</h2><ul class="legend" id="${id}-legend"></ul></header>
<div class="plot" id="${id}" data-uplot="${assetUrl('uplot.js')}" role="img" aria-label="${about}"></div>
</section>
`;

const OVERVIEW = html`<section class="overview" id="overview" aria-label="Over time">
${chart('chart-sessions', 'Sessions', 'How many sessions there were')}${chart('chart-ready', 'Time to ready', 'How long it took until sessions were ready')}${chart('chart-ended', 'Ended', 'How many sessions were ended, and why')}<section class="tile pools" aria-labelledby="pools-title">
<header><h2 id="pools-title">Warm pools</h2></header>
<ul id="pools"></ul>
</section>
</section>`;

const column = (key: string, label: string): Html =>
  html`<div role="columnheader" class="cell" data-key="${key}" aria-sort="none"><button type="button">${label}<span class="arrow" aria-hidden="true"></span></button></div>`;

const TABLE = html`<div class="table" id="sessions" role="grid" tabindex="0" aria-label="Sessions" aria-describedby="how" aria-rowcount="1" aria-readonly="true">
<div role="rowgroup" class="head"><div role="row" class="row" aria-rowindex="1">${column('name', 'Session')}${column('owner', 'Owner')}${column('phase', 'State')}${column('image', 'Image')}${column('created', 'Created')}${column('seen', 'Last used')}</div></div>
<div role="rowgroup" class="body" id="rows"></div>
</div>
<p class="empty" id="empty" hidden>Looking for sessions …</p>`;

const DETAIL = html`<aside class="detail" id="detail" aria-labelledby="detail-name" hidden>
<header><div class="naming"><h2 id="detail-name" tabindex="-1"></h2><p id="detail-owner"></p></div><button type="button" class="plain" id="detail-close" aria-label="Close">✕</button></header>
<div class="deeds" id="deeds" role="group" aria-label="What can be done"></div>
<div role="tablist" aria-label="About this session" class="tabs" id="tabs"></div>
<div class="panel" id="panel" role="tabpanel" tabindex="0"></div>
</aside>`;

const DIALOG = html`<dialog id="ask" aria-labelledby="ask-title" aria-describedby="ask-text">
<form method="dialog" id="ask-form">
<h2 id="ask-title"></h2>
<p id="ask-text"></p>
<p id="ask-number" hidden><label for="ask-value"></label><input id="ask-value" type="number" min="0" max="1000" step="1" required></p>
<p class="complaint" id="ask-problem" role="alert" hidden></p>
<div class="choice"><button type="button" class="plain" id="ask-no">Leave it as it is</button><button type="submit" id="ask-yes"></button></div>
</form>
</dialog>`;

/** What operators look at: an empty frame, which the scripts fill from the API. */
export const dashboardPage = layout({
  title: 'Dashboard',
  head: HEAD,
  body: html`<div class="dashboard">
<header class="bar">${LOGO}<h1>Mooring</h1><p class="feed" id="feed" data-state="opening" role="status">connecting</p>
<div class="settings"><label for="range">Charts of</label><select id="range"><option value="3600">the last hour</option><option value="21600" selected>six hours</option><option value="86400">a day</option></select><button type="button" class="plain" id="fold" aria-expanded="true" aria-controls="overview">Charts</button><a href="/api/v1/docs">API</a></div></header>
<p class="trouble" id="trouble" role="alert" hidden></p>
<noscript><p class="trouble">This page needs scripts. Without them, <a href="/api/v1/sessions">the API</a> has all that it shows.</p></noscript>
<main>
${OVERVIEW}
<div class="tools"><input type="search" id="search" aria-label="Search sessions by name, owner or image" placeholder="Search name, owner, image" spellcheck="false" autocomplete="off" maxlength="128"><div class="chips" id="chips" role="group" aria-label="States to show"></div><p class="count" id="count"></p></div>
<div class="split"><div class="list">${TABLE}</div>${DETAIL}</div>
<p class="unseen" id="how">Arrow keys move between sessions, Enter opens one, Escape closes it. Slash goes to the search. The buttons in the head of the table sort it.</p>
</main>
<p class="unseen" role="status" id="announce"></p>
<p class="toast" id="toast" hidden></p>
${DIALOG}
</div>`,
});
