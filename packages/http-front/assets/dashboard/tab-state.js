import { el } from './dom.js';
import { moment, took } from './format.js';
import { CONDITION_NAMES, stepsOf } from './steps.js';

const fact = (label, value) => value !== undefined && el('div', {}, el('dt', {}, label), el('dd', {}, value));

function factsOf({ metadata, spec, status }) {
  const { service, container, address } = status;
  const of = (part) => part && `${part.name} (${part.id}), ${part.state}`;
  return el(
    'dl.facts',
    {},
    fact('Image', spec.image),
    fact('Created', moment(metadata.creationTimestamp)),
    fact('Service', of(service)),
    fact('Container', of(container)),
    fact('Address', address && `${address.ip}:${address.port}`),
    fact('Template', spec.templateRef && `${spec.templateRef.name}, generation ${spec.templateRef.generation}`),
  );
}

function bar({ from, length }) {
  const part = el('span.part');
  part.style.marginInlineStart = `${(from * 100).toFixed(2)}%`;
  part.style.width = `${Math.max(1, length * 100).toFixed(2)}%`;
  return el('span.bar', { aria: { hidden: 'true' } }, part);
}

const SAYS = { True: 'yes', False: 'no', Unknown: 'unknown' };

function conditionItem({ condition: { type, status, reason, message, lastTransitionTime }, seconds, share }) {
  return el(
    'li',
    { data: { status, type } },
    el('span.dot'),
    el('b', {}, CONDITION_NAMES[type] ?? type, el('span.unseen', {}, `: ${SAYS[status]}`)),
    el('span.took', {}, seconds === undefined ? '' : took(seconds)),
    el('span.message', { title: moment(lastTransitionTime) }, message || reason),
    share && bar(share),
  );
}

/** Why a session is as it is: a sentence, its conditions with the time that each step of its start took, and where it runs. */
export function stateTab(panel) {
  const [why, conditions, facts] = [el('p.why'), el('ol.conditions'), el('div')];
  panel.append(why, conditions, facts);
  return {
    asks: '/explanation',
    paint(resource, explanation) {
      if (explanation) why.textContent = explanation.why;
      conditions.replaceChildren(...stepsOf(resource).map(conditionItem));
      facts.replaceChildren(factsOf(resource));
    },
  };
}
