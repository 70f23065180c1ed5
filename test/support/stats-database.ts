// A Stats object's table on Node's own SQLite, which outlives whoever opened it.

import { DatabaseSync, type SQLInputValue } from 'node:sqlite';
import { StatsTable, type StatsSql } from '../../durable-objects/stats-table.ts';

/** There a blob is an ArrayBuffer. */
function likeWorkerd(value: unknown): unknown {
  const isWhole = value instanceof Uint8Array && value.length === value.buffer.byteLength;
  return isWhole ? value.buffer : value;
}

export function statsDatabase(): () => StatsTable {
  const database = new DatabaseSync(':memory:');
  const sql: StatsSql = {
    exec: <Found>(query: string, ...bindings: readonly SQLInputValue[]) => {
      const rows = database.prepare(query).all(...bindings);
      const found = rows.map((row) =>
        Object.fromEntries(Object.entries(row).map(([name, value]) => [name, likeWorkerd(value)])),
      );
      return { toArray: () => found as Found[] }; // the caller names the columns it asked for
    },
  };
  return () => new StatsTable(sql);
}
