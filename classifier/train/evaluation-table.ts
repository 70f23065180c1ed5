// How figures are written in the report: Markdown tables with aligned columns, as the formatter wants them, so that the
// model card does not change when it is formatted.

import type { Interval } from './bootstrap.ts';

/** The first row is the heading. Cells are ASCII but for signs one column wide. */
export function table(rows: readonly (readonly string[])[]): readonly string[] {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  const padded = rows.map((row) => line(row.map((cell, column) => cell.padEnd(widths[column] ?? 0))));
  return padded.toSpliced(1, 0, line(widths.map((width) => '-'.repeat(width))));
}

/** @param digits after the point: as many as tell a figure from its goal */
export function figure({ value, low, high }: Interval, digits: number = 3): string {
  return `${value.toFixed(digits)} [${low.toFixed(digits)}, ${high.toFixed(digits)}]`;
}

/** With its sign: for differences. */
export function signedFigure({ value, low, high }: Interval): string {
  return `${signed(value)} [${signed(low)}, ${signed(high)}]`;
}

export function share({ value, low, high }: Interval): string {
  return `${percent(value)} % [${percent(low)}, ${percent(high)}]`;
}

function percent(value: number): string {
  return (100 * value).toFixed(1);
}

function signed(value: number): string {
  return `${value < 0 ? '−' : '+'}${Math.abs(value).toFixed(3)}`;
}
