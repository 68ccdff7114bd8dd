import { byId, say, show } from './dom.js';

const dialog = byId('ask');
const [form, yes, value] = [byId('ask-form'), byId('ask-yes'), byId('ask-value')];
let act;

byId('ask-no').addEventListener('click', () => dialog.close());
form.addEventListener('submit', async (event) => {
  event.preventDefault();
  if (yes.disabled) return;
  yes.disabled = true;
  try {
    await act(value.valueAsNumber);
    dialog.close();
  } catch (problem) {
    say(byId('ask-problem'), problem.message);
    show(byId('ask-problem'), true);
  } finally {
    yes.disabled = false;
  }
});

/**
 * Asks before something is done; what goes wrong is shown, and may be tried again.
 *
 * @param {{ title: string, text: string, label: string, grave?: boolean, number?: { label: string, value: number } }} question
 * @param {(value: number) => Promise<void>} perform what is done when the answer is yes
 */
export function ask({ title, text, label, grave = false, number }, perform) {
  act = perform;
  say(byId('ask-title'), title);
  say(byId('ask-text'), text);
  say(yes, label);
  yes.classList.toggle('grave', grave);
  show(byId('ask-problem'), false);
  show(byId('ask-number'), number !== undefined);
  value.disabled = number === undefined;
  if (number) {
    say(document.querySelector('#ask-number label'), number.label);
    value.value = String(number.value);
  }
  dialog.showModal();
  // A stray Enter must not end anybody's work.
  (number ? value : grave ? byId('ask-no') : yes).focus();
}
