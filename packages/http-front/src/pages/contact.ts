import { type Html, html } from '../http/html.js';

/** Whom to ask, as a link where it is an address (of mail, or of a page), and as it is otherwise. `about`: the subject of a mail. */
export function contactHtml(contact: string | undefined, about: string): Html {
  if (contact === undefined) return html`the operators`;
  if (/^https?:\/\/\S+$/.test(contact)) return html`<a href="${contact}">${contact}</a>`;
  if (/^[^\s@/]+@[^\s@/]+$/.test(contact)) return html`<a href="mailto:${contact}?subject=${encodeURIComponent(about)}">${contact}</a>`;
  return html`${contact}`;
}
