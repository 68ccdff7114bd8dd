import { html } from '../http/html.js';

const RIPPLES = `q10 -7 20 0${' t20 0'.repeat(26)}`;

/** A boat at its mooring; it moves where people don't mind movement (page.css). */
export const boat = html`<svg class="boat" viewBox="0 0 240 120" role="img" aria-label="A boat at its mooring">
<path class="wave far" d="M-160 88 ${RIPPLES}"/>
<g class="post"><rect x="36" y="54" width="10" height="50" rx="3"/><rect x="32" y="50" width="18" height="8" rx="4"/></g>
<g class="hull">
<path class="rope" d="M44 66 q28 26 56 12"/>
<path class="mast" d="M138 26 v50"/>
<path class="sail" d="M143 28 q30 20 32 42 h-32 z"/>
<path class="sail small" d="M133 36 q-18 16 -20 34 h20 z"/>
<path class="body" d="M94 77 h98 q-8 21 -26 21 h-46 q-18 0 -26 -21 z"/>
</g>
<path class="wave near" d="M-160 100 ${RIPPLES}"/>
</svg>`;
