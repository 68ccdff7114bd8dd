export function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length / 2;
  return sorted.length % 2 ? sorted[Math.floor(middle)] : (sorted[middle - 1] + sorted[middle]) / 2;
}

/** Rows of strings as a Markdown table; the first row is the head. */
export function table([head, ...rows]) {
  const widths = head.map((_, column) => Math.max(...[head, ...rows].map((row) => row[column].length)));
  const line = (row) => `| ${row.map((cell, column) => cell.padEnd(widths[column])).join(' | ')} |`;
  return [line(head), line(widths.map((width) => '-'.repeat(width))), ...rows.map(line)].join('\n');
}

/** The value below which a share of the values lies: quantile(values, 0.99). */
export function quantile(values, share) {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))];
}

/** A figure that is to stay at or below its goal, or one without a goal. */
export function figure(id, value, unit, goal) {
  const rounded = Math.round(value * 100) / 100;
  return goal === undefined ? { id, value: rounded, unit } : { id, value: rounded, unit, goal, ok: value <= goal };
}

/** A figure that is to reach its goal. */
export function figureAtLeast(id, value, unit, goal) {
  return { ...figure(id, value, unit, goal), ok: value >= goal, least: true };
}

export function figureTable(figures) {
  const rows = figures.map(({ id, value, unit, goal, ok, least }) => [
    id,
    String(value),
    unit,
    goal === undefined ? '' : `${least ? '>=' : '<='} ${goal}`,
    ok === undefined ? '' : ok ? 'ok' : 'MISSED',
  ]);
  return table([['figure', 'value', 'unit', 'goal', ''], ...rows]);
}
