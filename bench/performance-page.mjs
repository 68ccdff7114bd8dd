const BEGIN = '<!-- figures -->\n';
const END = '<!-- /figures -->';
const ROW = /^\| `([\w.-]+)` \|.*\|$/gm;

/** Two machines' figures are compared by what they are and by what else they did. */
export const describeMachine = ({ cpus, model, memory, node }) =>
  `${cpus} × ${model ?? 'a CPU that does not tell its name'}, ${Math.round(memory / 2 ** 30)} GB, Node ${node.replace(/^v/, '')}`;

function rowOf({ id, value, unit, goal, ok, least }, { load, ...machine }) {
  const wanted = goal === undefined ? '' : `${least ? '≥' : '≤'} ${goal}${ok ? '' : ' (missed)'}`;
  return `| \`${id}\` | ${value} ${unit} | ${wanted} | ${load.toFixed(1)} | ${describeMachine(machine)} |`;
}

/** docs/performance.md with these figures in its table; those of benchmarks that did not run stay as they are. Pure. */
export function withFigures(document, figures, machine) {
  const [begin, end] = [document.indexOf(BEGIN) + BEGIN.length, document.indexOf(END)];
  if (begin < BEGIN.length || end < begin) throw new Error(`docs/performance.md lacks the line ${BEGIN.trim()} or ${END}`);
  const rows = new Map([...document.slice(begin, end).matchAll(ROW)].map(([row, id]) => [id, row]));
  for (const found of figures) rows.set(found.id, rowOf(found, machine));
  const sorted = [...rows.entries()].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, row]) => row);
  const table = ['| figure | is | goal | load | machine |', '| --- | --- | --- | --- | --- |', ...sorted, ''].join('\n');
  return document.slice(0, begin) + table + document.slice(end);
}
