/** Text that is HTML already. */
export class Html {
  constructor(readonly text: string) {}
  toString(): string {
    return this.text;
  }
}

const ENTITIES: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;', '`': '&#96;' };

const SPECIAL = /[&<>"'`]/;
const EVERY_SPECIAL = /[&<>"'`]/g;

/** Safe between tags and in quoted attribute values. */
export function escapeHtml(text: string): string {
  return SPECIAL.test(text) ? text.replace(EVERY_SPECIAL, (character) => ENTITIES[character] ?? character) : text;
}

type Insert = Html | string | number | readonly Html[];

function insert(value: Insert): string {
  if (value instanceof Html) return value.text;
  if (typeof value === 'string' || typeof value === 'number') return escapeHtml(String(value));
  let text = '';
  for (const item of value) text += item.text;
  return text;
}

/** The one way to make HTML: everything that is inserted is escaped, unless it is Html itself. */
export function html(strings: TemplateStringsArray, ...values: Insert[]): Html {
  let text = strings[0] ?? '';
  for (let index = 1; index < strings.length; index += 1) text += insert(values[index - 1] ?? '') + (strings[index] ?? '');
  return new Html(text);
}

export const NOTHING = new Html('');
