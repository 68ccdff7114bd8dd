import { html } from '../http/html.js';

const BOAT = html`<path class="mast" d="M-2 -8 v-66"/>
<path class="pennant" d="M-2 -74 l-15 5 l15 5 z"/>
<g class="sails"><path class="sail" d="M3 -66 q31 22 34 50 h-34 z"/><path class="sail shade" d="M-7 -58 q-19 19 -23 42 h23 z"/></g>
<path class="furled" d="M0 -16 q18 -5 36 0"/>
<path class="hull" d="M-48 -9 h96 q-7 22 -25 22 h-46 q-18 0 -25 -22 z"/>
<path class="stripe" d="M-45 -3 h90"/>`;

/** One of those who are before us. */
const small = (name: string, place: string) =>
  html`<g class="${name}" transform="${place}"><path class="mast" d="M0 -3 v-22"/><path class="sail" d="M2 -23 q10 8 11 18 h-11 z"/><path class="hull" d="M-16 -3 h32 q-2 8 -9 8 h-14 q-7 0 -9 -8 z"/></g>`;

const ripples = (from: string, length: number): string =>
  `${from} q${length / 4} -7 ${length / 2} 0${` t${length / 2} 0`.repeat(26)} v200 h-2000 z`;

/**
 * The waiting page's picture: the nearer the boat is to the jetty, the further the start; page.css moves it by `data-done` (steps that are
 * done) and `data-mood` of the page's main element. Its lowest third is seen where there is little room.
 */
export const harbour = html`<svg class="harbour" viewBox="0 0 420 520" preserveAspectRatio="xMidYMax slice" aria-hidden="true" focusable="false">
<defs>
<linearGradient id="sky" x1="0" y1="0" x2="0" y2="1"><stop class="sky-top" offset="0"/><stop class="sky-low" offset="1"/></linearGradient>
</defs>
<rect class="sky" width="420" height="400" fill="url(#sky)"/>
<g class="stars"><circle cx="60" cy="70" r="1.6"/><circle cx="130" cy="150" r="1.2"/><circle cx="215" cy="60" r="1.4"/><circle cx="300" cy="120" r="1.1"/><circle cx="370" cy="50" r="1.7"/><circle cx="345" cy="200" r="1.2"/><circle cx="90" cy="235" r="1.3"/><circle cx="185" cy="215" r="1"/></g>
<g class="clouds"><path d="M58 150 q6 -20 26 -16 q10 -18 30 -8 q18 -6 22 12 q16 0 14 12 z"/><path d="M268 92 q5 -15 20 -12 q9 -14 24 -6 q14 -4 17 9 q12 0 11 9 z"/></g>
<path class="gulls" d="M150 262 q7 -8 13 0 q6 -8 13 0 M190 286 q5 -6 9 0 q5 -6 9 0"/>
<circle class="sun" cx="286" cy="368" r="31"/>
<path class="hills far" d="M-10 390 q60 -46 120 -22 q50 -40 110 -4 q40 -20 90 6 q60 -28 120 20 z"/>
<path class="hills" d="M200 392 q50 -30 104 -12 q50 -26 126 12 z"/>
<path class="sea one" d="${ripples('M-160 382', 44)}"/>
<path class="sea two" d="${ripples('M-160 404', 52)}"/>
<g class="others">${small('first', 'translate(196 412)')}${small('second', 'translate(244 407)')}${small('third', 'translate(288 402)')}</g>
<g class="voyage"><path class="rope" d="M-116 -17 q30 30 70 10"/><g class="bob">${BOAT}</g></g>
<path class="sea three" d="${ripples('M-160 440', 62)}"/>
<g class="jetty"><rect x="24" y="418" width="11" height="84" rx="3"/><rect x="72" y="418" width="11" height="84" rx="3"/><rect class="plank" x="-10" y="430" width="112" height="11" rx="3"/><rect class="bollard" x="68" y="410" width="19" height="9" rx="4.5"/></g>
<path class="sea four" d="${ripples('M-160 478', 72)}"/>
</svg>`;
