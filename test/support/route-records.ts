// Records of decisions for tests, and a Routing object's table on Node's own SQLite, which outlives whoever opened it.

import { DatabaseSync, type SQLInputValue } from 'node:sqlite';
import { RoutingTable, type RoutingSql } from '../../durable-objects/routing-table.ts';
import type { RouteOutcome, RouteRecord } from '../../protocol/route-record.ts';
import { aDecision } from './a-route.ts';

export type WantedRecord = Partial<Omit<RouteRecord, 'outcome'>> & {
  readonly outcome?: Partial<RouteOutcome>;
};

export function aRecord(id: string, { outcome, ...wanted }: WantedRecord = {}): RouteRecord {
  const { policyVersion, stage, propensity, probability, threshold, signals, arms } = aDecision();
  return {
    id,
    atMs: 1_000,
    policyVersion,
    stage,
    chosen: 'edge',
    propensity,
    rawProbability: 0.75,
    probability,
    threshold,
    signals,
    features: [1, 2, 3],
    arms,
    edgeModel: 'edge-small',
    ...wanted,
    outcome: {
      shown: 'edge',
      end: 'completed',
      check: null,
      firstTokenMs: 120,
      totalMs: 900,
      costUsd: 0.0001,
      ...outcome,
    },
  };
}

export type TestDatabase = {
  /** As a started object sees it. */
  readonly open: () => RoutingTable;
  /** Rows changed so far. */
  readonly changes: () => number;
  readonly count: (table: string) => number;
};

export function testDatabase(): TestDatabase {
  const database = new DatabaseSync(':memory:');
  const sql: RoutingSql = {
    exec: <Found>(query: string, ...bindings: readonly SQLInputValue[]) => {
      const rows = database.prepare(query).all(...bindings);
      return { toArray: () => rows as Found[] }; // the caller names the columns it asked for
    },
  };
  const numberOf = (query: string): number => Number(Object.values(database.prepare(query).get() ?? {})[0]);
  return {
    open: () => new RoutingTable(sql),
    changes: () => numberOf('SELECT total_changes()'),
    count: (table) => numberOf(`SELECT COUNT(*) FROM ${table}`),
  };
}
