// The tenant's spending in the Tenant's SQLite: one row, made with the first money that is spent, and kept when the
// leases are swept. It decides nothing; budget-book.ts does.

import type { BudgetStore, Spending } from '../policy/money/budget-book.ts';
import type { LeaseSql } from './tenant-lease-table.ts';

type Row = {
  readonly day: number;
  readonly day_nano_usd: number;
  readonly month: number;
  readonly month_nano_usd: number;
};

const CREATE = `CREATE TABLE IF NOT EXISTS spending (
  id INTEGER PRIMARY KEY, day REAL NOT NULL, day_nano_usd REAL NOT NULL, month REAL NOT NULL, month_nano_usd REAL NOT NULL)`;

export class TenantBudgetTable implements BudgetStore {
  readonly #sql: LeaseSql;
  #exists = false;

  constructor(sql: LeaseSql) {
    this.#sql = sql;
  }

  loadSpending(): Spending | null {
    const tables = this.#sql.exec(
      "SELECT name FROM sqlite_master WHERE type = 'table' AND name = 'spending'",
    );
    this.#exists = tables.toArray().length > 0;
    const [row] = this.#exists ? this.#sql.exec<Row>('SELECT * FROM spending').toArray() : [];
    if (row === undefined) return null;
    return {
      day: { number: row.day, nanoUsd: row.day_nano_usd },
      month: { number: row.month, nanoUsd: row.month_nano_usd },
    };
  }

  putSpending({ day, month }: Spending): void {
    if (!this.#exists) this.#sql.exec(CREATE);
    this.#exists = true;
    const row = [day.number, day.nanoUsd, month.number, month.nanoUsd];
    this.#sql.exec('INSERT OR REPLACE INTO spending VALUES (1, ?, ?, ?, ?)', ...row);
  }
}
