// What the counting entry answers: rows written so far, by what they were written for.

/** `log`: header, pages and the terminal; the others are what it costs to keep the promise around them. */
export type RowUse = 'log' | 'compaction' | 'deletion' | 'lease' | 'routing' | 'alarm';

export type RowCounts = {
  readonly rows: Readonly<Record<RowUse, number>>;
  readonly deletedLogs: number;
};
