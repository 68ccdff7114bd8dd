import type { IncomingHttpHeaders } from 'node:http';

const isMozilla = (headers: IncomingHttpHeaders): boolean => (headers['user-agent'] ?? '').toLowerCase().includes('mozilla');

/** Rancher gives a browser a page around the JSON: one that calls itself Mozilla and takes anything; `_format` decides before that. */
export const wantsPage = (headers: IncomingHttpHeaders, query: URLSearchParams): boolean => {
  const format = query.get('_format')?.toLowerCase().trim();
  if (format === 'html' || format === 'json') return format === 'html';
  return isMozilla(headers) && (headers.accept ?? '*/*').includes('*/*');
};

/** Of Rancher's interface, which is what its `/` is to a browser, there is none here. */
export const wantsInterface = isMozilla;

/** The JSON in a page. Rancher's loads a script that shows it; this one shows it by itself. */
export const pageOf = (json: string): string => {
  const text = json.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
  return `<!DOCTYPE html>\n<!-- Send "Accept: application/json" to get the JSON alone. -->\n<html><body><pre>${text}</pre></body></html>\n`;
};
