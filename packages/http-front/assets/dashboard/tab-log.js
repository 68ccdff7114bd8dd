import { el, say } from './dom.js';

/** The last lines that a session's container wrote. They are asked of Rancher, so only while they are looked at. */
export function logTab(panel) {
  const [text, note] = [el('pre.lines', { tabIndex: 0 }), el('p.measure')];
  text.setAttribute('aria-label', 'Log');
  text.setAttribute('role', 'region');
  panel.append(note, text);
  return {
    asks: '/log?tailLines=200',
    paint(_resource, lines) {
      if (lines === undefined) return;
      const isAtEnd = text.scrollHeight - text.scrollTop - text.clientHeight < 24;
      say(text, lines);
      say(note, lines === '' ? 'It has written nothing.' : 'The last 200 lines, read every four seconds.');
      if (isAtEnd) text.scrollTop = text.scrollHeight;
    },
    fail: (problem) => say(note, problem.message),
  };
}
