/** Rows of cells as lines, the columns as wide as their widest cell. */
export function table(rows: readonly (readonly string[])[]): string[] {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  return rows.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  );
}

export type Row = readonly (string | number)[];

/** Names and messages come from elsewhere, and must not steer anybody's terminal. */
export const oneLine = (cell: string | number): string => String(cell).replaceAll(/\p{Cc}+/gu, ' ');

/** A table with a title and a line before it; nothing where it has no rows. */
export function section(title: string, head: Row, rows: readonly Row[]): string[] {
  if (rows.length === 0) return [];
  return ['', title, ...table([head, ...rows].map((row) => row.map(oneLine)))];
}
