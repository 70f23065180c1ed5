// Statistics of traffic that never was, in the real objects of a product with the entry `workers/seeded.ts`: what the
// product's own book makes of the records, written as it writes it.

import type { StreamRow } from '../../dashboard/state/analytics-answers.ts';
import { ANALYTICS_SHARDS } from '../../policy/config-defaults.ts';
import { shardOf } from '../../policy/analytics/shard-of.ts';
import { StatsBook } from '../../policy/analytics/stats-book.ts';
import type { BreakerTurn, GenerationRecord } from '../../protocol/generation-record.ts';
import type { SeedRows } from './seed-rows.ts';
import { StatsMemory } from './stats-memory.ts';

export const SEEDED_ENTRY = new URL('./workers/seeded.ts', import.meta.url);

const MINUTE_MS = 60_000;

/** A book keeps a few more minutes that are not written yet, then makes one of them. */
const MAX_WAITING = 25;

/** @param records - by their end, which is when each is counted */
export async function seedStats(
  url: string,
  records: Iterable<GenerationRecord>,
  turns: readonly BreakerTurn[] = [],
): Promise<void> {
  const shards = Array.from({ length: ANALYTICS_SHARDS }, () => new SeededShard());
  for (const record of records) {
    const { tenant, id } = record;
    shards[shardOf(tenant, id, { shards: ANALYTICS_SHARDS, ratePerSecond: 0 })]?.add(record);
  }
  for (const [shard, seeded] of shards.entries()) {
    if (shard === 0) seeded.book.turned(turns);
    const body = JSON.stringify(seeded.rows());
    const answer = await fetch(`${url}/seed/${shard}`, { method: 'PUT', body });
    if (answer.status !== 204) throw new Error(`shard ${shard} was not seeded: ${await answer.text()}`);
  }
}

class SeededShard {
  readonly #store = new StatsMemory();
  readonly book = new StatsBook(this.#store);
  #nowMs = 0;
  #minute = 0;
  #waiting = 0;

  add(record: GenerationRecord): void {
    this.#nowMs = record.endedMs;
    this.book.add(record, this.#nowMs);
    const minute = Math.floor(this.#nowMs / MINUTE_MS);
    if (minute === this.#minute) return;
    this.#minute = minute;
    this.#waiting += 1;
    if (this.#waiting < MAX_WAITING) return;
    this.#waiting = 0;
    this.book.roll(this.#nowMs);
  }

  rows(): SeedRows {
    this.book.roll(this.#nowMs);
    const rollups = ([0, 1, 2, 3, 4] as const).flatMap((lane) =>
      this.#store
        .rollups(lane, 0, Infinity)
        .map(({ startMs, cells }) => [lane, startMs, base64(cells)] as const),
    );
    return { state: base64(this.#store.state() ?? new Uint8Array()), rollups };
  }
}

function base64(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('base64');
}

/** The record that the API would show as this stream. */
export function recordOf(row: StreamRow): GenerationRecord {
  const { worker, admit, detour, model, hold } = row.phases;
  return {
    id: row.id,
    tenant: row.tenant,
    startedMs: Date.parse(row.started_at),
    endedMs: Date.parse(row.ended_at),
    tier: row.tier,
    model: row.model,
    provider: row.provider,
    chunking: row.chunking,
    stage: row.stage as GenerationRecord['stage'], // a page takes any word; invented rows have real ones
    reason: row.reason,
    signals: row.signals,
    probability: row.probability,
    outcome: row.outcome,
    failure: row.failure as GenerationRecord['failure'], // likewise
    isCached: row.cached,
    check: row.check,
    isEscalated: row.escalated,
    isHedged: row.hedged,
    failovers: row.failovers,
    continuations: row.continuations,
    ttftMs: row.ttft_ms,
    overheadMs: row.overhead_ms,
    totalMs: row.total_ms,
    phases: { workerMs: worker, admitMs: admit, detourMs: detour, modelMs: model, holdMs: hold },
    gaps: row.gap === null ? null : { meanMs: row.gap.mean_ms, p95Ms: row.gap.p95_ms, cv: row.gap.cv },
    tokensPerSecond: row.tokens_per_second,
    inputTokens: row.tokens.input,
    outputTokens: row.tokens.output,
    cachedTokens: row.tokens.cached,
    costUsd: row.cost_usd,
    hiddenUsd: row.hidden_usd,
    allCloudUsd: row.all_cloud_usd,
    reconnects: row.reconnects,
    followers: row.followers,
    renderLagMs: row.render_lag_ms,
  };
}
