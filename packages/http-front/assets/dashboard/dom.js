export const byId = (id) => document.getElementById(id);

/**
 * An element with properties and children; texts are texts, never markup.
 *
 * @param {string} tag with its class behind a dot: `p.why`
 * @param {Record<string, unknown>} [properties] `data` and `aria` hold attributes of that kind
 * @param {...(Node | string | false | undefined)} children
 */
export function el(tag, { data = {}, aria = {}, ...properties } = {}, ...children) {
  const [name, className = ''] = tag.split('.');
  const element = Object.assign(document.createElement(name), properties);
  if (className !== '') element.className = className;
  Object.assign(element.dataset, data);
  for (const [key, value] of Object.entries(aria)) element.setAttribute(`aria-${key}`, value);
  element.append(...children.filter((child) => child !== false && child !== undefined));
  return element;
}

/** What stays as it is isn't written again. */
export function say(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

export function show(element, isShown) {
  if (element.hidden === isShown) element.hidden = !isShown;
}

let saying;
/** Tells a screen reader, once things are quiet for a moment. */
export function announce(text, afterMs = 0) {
  clearTimeout(saying);
  saying = setTimeout(() => say(byId('announce'), text), afterMs);
}

let fading;
/** Tells everybody, for a few seconds. */
export function toast(text) {
  const element = byId('toast');
  say(element, text);
  show(element, true);
  announce(text);
  clearTimeout(fading);
  fading = setTimeout(() => show(element, false), 5_000);
}
