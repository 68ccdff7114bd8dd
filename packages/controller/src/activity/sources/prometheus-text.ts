/** One line of Prometheus' text format. */
export interface Sample {
  name: string;
  labels: Readonly<Record<string, string>>;
  value: number;
}

/** Label by label; a value holds no bare quote, and a backslash takes the character behind it along. */
const LABEL = /[ \t]*([a-zA-Z_][a-zA-Z0-9_]*)[ \t]*=[ \t]*"((?:[^"\\]|\\.)*)"[ \t]*(,|(?=\}))/y;
const NAME = /[a-zA-Z_:][a-zA-Z0-9_:]*/y;
/** The value; a timestamp and an exemplar (OpenMetrics) may follow. */
const REST = /[ \t]*([^ \t]+)(?:[ \t]+-?\d+(?:\.\d+)?)?[ \t]*(?:# \{.*)?$/y;

const ESCAPES: Readonly<Record<string, string>> = { '\\n': '\n', '\\"': '"', '\\\\': '\\' };
const unescapeLabel = (text: string): string =>
  text.includes('\\') ? text.replace(/\\./g, (escaped) => ESCAPES[escaped] ?? escaped) : text;

const SPECIAL: Readonly<Record<string, number>> = {
  NaN: Number.NaN,
  '+Inf': Number.POSITIVE_INFINITY,
  Inf: Number.POSITIVE_INFINITY,
  '-Inf': Number.NEGATIVE_INFINITY,
};

function numberOf(text: string): number | undefined {
  if (Object.hasOwn(SPECIAL, text)) return SPECIAL[text];
  return /^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/.test(text) ? Number(text) : undefined;
}

function matchAt(pattern: RegExp, text: string, at: number): RegExpExecArray | undefined {
  pattern.lastIndex = at;
  return pattern.exec(text) ?? undefined;
}

/** The labels from behind the brace on, and where they end; undefined where they don't. */
function labelsAt(line: string, start: number): { labels: Record<string, string>; end: number } | undefined {
  const labels: Record<string, string> = {};
  let at = start;
  for (;;) {
    if (line[at] === '}') return { labels, end: at + 1 };
    const label = matchAt(LABEL, line, at);
    if (!label) return undefined;
    labels[label[1] ?? ''] = unescapeLabel(label[2] ?? '');
    at += label[0].length;
  }
}

/** What a line that is no comment says; undefined where it is none of the format, or cut short. */
export function parseSample(line: string): Sample | undefined {
  const name = matchAt(NAME, line, 0)?.[0];
  if (name === undefined) return undefined;
  const found = line[name.length] === '{' ? labelsAt(line, name.length + 1) : { labels: {}, end: name.length };
  if (!found) return undefined;
  const value = numberOf(matchAt(REST, line, found.end)?.[1] ?? '');
  return value === undefined ? undefined : { name, labels: found.labels, value };
}

/**
 * Picks the lines of some metrics out of a text that comes in pieces. Traefik tells some 10 kB of histograms for each session: they
 * are searched, but neither split nor kept.
 */
export class LinePicker {
  readonly #starts: readonly string[];
  #rest = '\n';
  readonly lines: string[] = [];

  /** @param names the metrics' whole names */
  constructor(names: readonly string[]) {
    this.#starts = names.flatMap((name) => [`\n${name}{`, `\n${name} `]);
  }

  add(text: string): void {
    const block = this.#rest + text;
    const end = block.lastIndexOf('\n');
    for (const start of this.#starts) this.#pick(block, start, end);
    this.#rest = block.slice(end);
  }

  /** Whether the text ended with a whole line, as it must. */
  get isWhole(): boolean {
    return this.#rest === '\n';
  }

  #pick(block: string, start: string, end: number): void {
    for (let at = block.indexOf(start); at >= 0 && at < end; at = block.indexOf(start, at)) {
      const lineEnd = block.indexOf('\n', at + 1);
      if (lineEnd < 0 || lineEnd > end) return;
      this.lines.push(block.slice(at + 1, lineEnd));
      at = lineEnd;
    }
  }
}
