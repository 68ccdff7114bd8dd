/** The rows of docs/metrics.md's table, by metric, for what /metrics said. */
export function rowsOf(texts: readonly string[]): Map<string, string>;
/** The rows that docs/metrics.md has, by metric. */
export function documentedRows(): Map<string, string>;
