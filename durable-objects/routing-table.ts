// A tenant's decisions, labels and what was learnt, in the SQLite of its Routing object. Clustered keys and no
// index: every change is one row written. Tables are made with the first write, never by a read. It decides nothing.

import type {
  BatchRange,
  DecisionBatch,
  DecisionStore,
  EarlyFeedback,
  FeedbackStore,
  Label,
} from '../policy/decisions/decision-store.ts';
import type { LearnerMemory } from '../policy/decisions/tenant-learner.ts';
import type { Feedback } from '../policy/learning/feedback.ts';
import type { FeedbackRecord } from '../protocol/route-record.ts';

type SqlValue = string | number | null;

/** What is needed of the object's `SqlStorage`; told in our own words so that Node's SQLite can stand in for it. */
export type RoutingSql = {
  exec<Found extends Record<string, SqlValue>>(
    query: string,
    ...bindings: readonly SqlValue[]
  ): { toArray(): Found[] };
};

/** A pair is the shown answer and the other tier's, whether or not a judge could tell them apart. */
export type ShadowSpending = { readonly pairs: number; readonly labels: number; readonly costUsd: number };

type BatchRow = {
  readonly key: number;
  readonly entries: number;
  readonly first_ms: number;
  readonly last_ms: number;
  readonly ended_ms: number;
  readonly body: string;
};

type LabelRow = {
  readonly stream: string;
  readonly kind: string;
  readonly at_ms: number;
  readonly reward: number;
  readonly edge_good: number | null;
  readonly edge_model: string;
  readonly raw_probability: number | null;
};

// The body comes last: what is looked at in every row lies before the pages that a long body spills into.
const TABLES: Readonly<Record<string, string>> = {
  batches: `key INTEGER PRIMARY KEY, entries INTEGER NOT NULL, first_ms REAL NOT NULL, last_ms REAL NOT NULL,
    ended_ms REAL NOT NULL, body TEXT NOT NULL`,
  labels: `stream TEXT NOT NULL, kind TEXT NOT NULL, at_ms REAL NOT NULL, reward REAL NOT NULL, edge_good REAL,
    edge_model TEXT NOT NULL, raw_probability REAL, PRIMARY KEY (stream, kind)`,
  early_feedback: `stream TEXT NOT NULL, kind TEXT NOT NULL, at_ms REAL NOT NULL, said TEXT NOT NULL,
    PRIMARY KEY (stream, kind)`,
  days: 'day INTEGER PRIMARY KEY, quantiles TEXT NOT NULL',
  shadow: 'day INTEGER PRIMARY KEY, pairs INTEGER NOT NULL, labels INTEGER NOT NULL, usd REAL NOT NULL',
  memory: 'id INTEGER PRIMARY KEY, body TEXT NOT NULL',
};

/** The one row of `memory`. */
const MEMORY_ID = 1;

export class RoutingTable implements DecisionStore, FeedbackStore {
  readonly #sql: RoutingSql;
  #exists: boolean | null = null;

  constructor(sql: RoutingSql) {
    this.#sql = sql;
  }

  newestBatch(): DecisionBatch | null {
    return this.batchesFrom(0, 'DESC').next().value ?? null;
  }

  putBatch({ key, entries, firstMs, lastMs, endedMs, body }: DecisionBatch): void {
    const query = 'INSERT OR REPLACE INTO batches VALUES (?, ?, ?, ?, ?, ?)';
    this.#write(query, key, entries, firstMs, lastMs, endedMs, body);
  }

  bodyWith(text: string, atMs: number, { fromMs, toMs }: BatchRange): string | null {
    const query = `SELECT body FROM batches
      WHERE key >= COALESCE((SELECT MAX(key) FROM batches WHERE key <= ?), 0) AND key <= ?
        AND first_ms <= ? AND last_ms >= ? AND instr(body, ?) > 0 LIMIT 1`;
    const [row] = this.#read<Pick<BatchRow, 'body'>>(query, fromMs, toMs, atMs, atMs, text);
    return row?.body ?? null;
  }

  *bodiesBackwards(): Generator<string> {
    for (const { body } of this.batchesFrom(0, 'DESC')) yield body;
  }

  deleteBatches(beforeKey: number, maxBatches: number): void {
    const [row] = this.#read<{ key: number | null }>(
      'SELECT key FROM batches ORDER BY key DESC LIMIT 1 OFFSET ?',
      maxBatches,
    );
    const firstKept = Math.max(beforeKey, (row?.key ?? -1) + 1);
    if (this.#has) this.#sql.exec('DELETE FROM batches WHERE key < ?', firstKept);
  }

  /** Batches from that key on, one row in memory at a time: they may be written and deleted meanwhile. */
  *batchesFrom(fromKey: number, order: 'ASC' | 'DESC' = 'ASC'): Generator<DecisionBatch, undefined> {
    let [low, high] = [fromKey, Number.MAX_SAFE_INTEGER];
    const query = `SELECT * FROM batches WHERE key >= ? AND key <= ? ORDER BY key ${order} LIMIT 1`;
    for (;;) {
      const [row] = this.#read<BatchRow>(query, low, high);
      if (row === undefined) return undefined;
      yield decodeBatch(row);
      if (order === 'ASC') low = row.key + 1;
      else high = row.key - 1;
    }
  }

  /** What an export needs to know of batches before it reads them. */
  spansFrom(fromKey: number): readonly Pick<DecisionBatch, 'key' | 'entries' | 'endedMs'>[] {
    const query = 'SELECT key, entries, ended_ms FROM batches WHERE key >= ? ORDER BY key';
    const rows = this.#read<Pick<BatchRow, 'key' | 'entries' | 'ended_ms'>>(query, fromKey);
    return rows.map(({ key, entries, ended_ms: endedMs }) => ({ key, entries, endedMs }));
  }

  putLabel({ feedback, edgeModel, rawProbability }: Label): void {
    const { id, kind, atMs, reward, edgeGood } = feedback;
    const query = 'INSERT OR REPLACE INTO labels VALUES (?, ?, ?, ?, ?, ?, ?)';
    this.#write(query, id, kind, atMs, reward, edgeGood, edgeModel, rawProbability);
  }

  newestLabels(limit: number): readonly Label[] {
    return this.#read<LabelRow>('SELECT * FROM labels ORDER BY at_ms DESC LIMIT ?', limit)
      .map(decodeLabel)
      .reverse();
  }

  /** Labels given after that time, oldest first. */
  labelsAfter(afterMs: number): readonly Label[] {
    return this.#read<LabelRow>('SELECT * FROM labels WHERE at_ms > ? ORDER BY at_ms, stream', afterMs).map(
      decodeLabel,
    );
  }

  deleteLabels(beforeMs: number, maxLabels: number): void {
    const query = 'SELECT at_ms FROM labels ORDER BY at_ms DESC LIMIT 1 OFFSET ?';
    const [row] = this.#read<Pick<LabelRow, 'at_ms'>>(query, maxLabels);
    if (this.#has) this.#sql.exec('DELETE FROM labels WHERE at_ms <= ?', Math.max(beforeMs, row?.at_ms ?? 0));
  }

  earlyFeedback(): readonly EarlyFeedback[] {
    const rows = this.#read<{ at_ms: number; said: string }>(
      'SELECT at_ms, said FROM early_feedback ORDER BY at_ms',
    );
    return rows.map((row) => ({ atMs: row.at_ms, said: JSON.parse(row.said) as Feedback })); // written by putEarly
  }

  putEarly({ said, atMs }: EarlyFeedback): void {
    const query = 'INSERT OR REPLACE INTO early_feedback VALUES (?, ?, ?, ?)';
    this.#write(query, said.stream, said.kind, atMs, JSON.stringify(said));
  }

  deleteEarly(stream: string, kind: Feedback['kind']): void {
    this.#write('DELETE FROM early_feedback WHERE stream = ? AND kind = ?', stream, kind);
  }

  /** Quantiles of the last days, oldest first. */
  days(): readonly (readonly number[])[] {
    const rows = this.#read<{ quantiles: string }>('SELECT quantiles FROM days ORDER BY day');
    return rows.map((row) => JSON.parse(row.quantiles) as readonly number[]); // written by putDay
  }

  /** @param firstKept - days before it are deleted */
  putDay(day: number, quantiles: readonly number[], firstKept: number): void {
    this.#write('INSERT OR REPLACE INTO days VALUES (?, ?)', day, JSON.stringify(quantiles));
    this.#sql.exec('DELETE FROM days WHERE day < ?', firstKept);
  }

  memory(): LearnerMemory | null {
    const [row] = this.#read<{ body: string }>('SELECT body FROM memory');
    return row === undefined ? null : (JSON.parse(row.body) as LearnerMemory); // written by putMemory
  }

  putMemory(memory: LearnerMemory): void {
    this.#write('INSERT OR REPLACE INTO memory VALUES (?, ?)', MEMORY_ID, JSON.stringify(memory));
  }

  /** What shadow calls cost since that day, and how many of them gave a label. */
  shadowSpending(fromDay: number): ShadowSpending {
    const query =
      'SELECT SUM(pairs) AS pairs, SUM(labels) AS labels, SUM(usd) AS usd FROM shadow WHERE day >= ?';
    const [row] = this.#read<{ [Column in 'pairs' | 'labels' | 'usd']: number | null }>(query, fromDay);
    return { pairs: row?.pairs ?? 0, labels: row?.labels ?? 0, costUsd: row?.usd ?? 0 };
  }

  addShadow(day: number, { pairs, labels, costUsd }: ShadowSpending): void {
    const query = `INSERT INTO shadow VALUES (?, ?, ?, ?) ON CONFLICT (day) DO UPDATE
      SET pairs = pairs + excluded.pairs, labels = labels + excluded.labels, usd = usd + excluded.usd`;
    this.#write(query, day, pairs, labels, costUsd);
  }

  /** False while there is anything that becomes too old. */
  get isEmpty(): boolean {
    const query = 'SELECT EXISTS (SELECT 1 FROM batches) OR EXISTS (SELECT 1 FROM labels) AS found';
    return this.#read<{ found: number }>(query)[0]?.found !== 1;
  }

  /** Forgets everything. */
  clear(): void {
    if (this.#has) for (const table of Object.keys(TABLES)) this.#sql.exec(`DELETE FROM ${table}`);
  }

  get #has(): boolean {
    this.#exists ??=
      this.#sql
        .exec("SELECT 1 AS found FROM sqlite_master WHERE type = 'table' AND name = 'memory'")
        .toArray().length > 0;
    return this.#exists;
  }

  #read<Found extends Record<string, SqlValue>>(query: string, ...bindings: readonly SqlValue[]): Found[] {
    return this.#has ? this.#sql.exec<Found>(query, ...bindings).toArray() : [];
  }

  #write(query: string, ...bindings: readonly SqlValue[]): void {
    if (!this.#has)
      for (const [table, columns] of Object.entries(TABLES)) this.#sql.exec(creation(table, columns));
    this.#exists = true;
    this.#sql.exec(query, ...bindings);
  }
}

/** A table with a key of its own is stored in the order of that key, instead of keeping an index besides. */
function creation(table: string, columns: string): string {
  const clustered = columns.includes('PRIMARY KEY (') ? ' WITHOUT ROWID' : '';
  return `CREATE TABLE IF NOT EXISTS ${table} (${columns})${clustered}`;
}

function decodeBatch(row: BatchRow): DecisionBatch {
  const { key, entries, first_ms: firstMs, last_ms: lastMs, ended_ms: endedMs, body } = row;
  return { key, entries, firstMs, lastMs, endedMs, body };
}

function decodeLabel(row: LabelRow): Label {
  const { stream: id, at_ms: atMs, reward, edge_good: edgeGood } = row;
  const feedback: FeedbackRecord = { id, atMs, kind: kindOf(row.kind), reward, edgeGood };
  return { feedback, edgeModel: row.edge_model, rawProbability: row.raw_probability };
}

function kindOf(text: string): FeedbackRecord['kind'] {
  if (text === 'thumbs' || text === 'preferred_tier' || text === 'regenerate' || text === 'judge')
    return text;
  throw new Error(`the label table holds an unknown kind: ${text}`);
}
