const LEVELS: Readonly<Record<number, string>> = { 10: 'TRACE', 20: 'DEBUG', 30: 'INFO', 40: 'WARN', 50: 'ERROR', 60: 'FATAL' };

/** What came from outside may hold what a terminal obeys. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is looked for
const harmless = (text: string): string => text.replace(/[\u0000-\u001f\u007f-\u009f]/g, ' ');

/** A line of the log for who reads it on a terminal: time (UTC), level, which part says it, what it says, and its fields as JSON. */
export function prettyLine(line: string): string {
  const { level, time, component, msg, ...fields } = JSON.parse(line) as Record<string, unknown>;
  const said = [String(time).slice(11, 23), (LEVELS[Number(level)] ?? String(level)).padEnd(5), component, msg];
  if (Object.keys(fields).length > 0) said.push(JSON.stringify(fields));
  return `${harmless(said.filter((part) => part !== undefined).join(' '))}\n`;
}
