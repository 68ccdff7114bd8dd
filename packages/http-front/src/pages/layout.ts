import { type Html, html, NOTHING } from '../http/html.js';
import { assetUrl } from './assets.js';

export interface Page {
  title: string;
  body: Html;
  /** More for the head, e.g. a refresh. */
  head?: Html;
}

/** What every page begins and ends with. Styles and scripts are files: the content security policy allows no others. */
export function layout({ title, body, head = NOTHING }: Page): Html {
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${title} &middot; Mooring</title>
<link rel="icon" href="${assetUrl('icon.svg')}" type="image/svg+xml">
<link rel="stylesheet" href="${assetUrl('page.css')}">
${head}
</head>
<body>
${body}
</body>
</html>
`;
}
