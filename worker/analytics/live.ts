// GET /v1/analytics/live: what happens now, as server-sent events. The shards are asked when the reader has taken what
// came before, so a slow reader costs less, and nothing waits in memory for it.
// Invariant: a generation is told once; a position in every shard says what was told.

import { HEARTBEAT, encodeUnnumbered } from '../../protocol/sse.ts';
import { Cell, SUMS } from '../../policy/analytics/cell.ts';
import { metricsOf, quantilesOf } from '../../policy/analytics/metrics.ts';
import { MINUTE_MS } from '../../policy/analytics/step-levels.ts';
import type { HistogramName } from '../../policy/analytics/stats-question.ts';
import type { ListedRecord } from '../../policy/analytics/stream-ring.ts';
import { addStreamHeaders } from '../generation-headers.ts';
import { respondRefusal } from '../respond.ts';
import { askShards, statsShards } from '../stats-client.ts';
import { activeStreams } from './active-streams.ts';
import { readSteps, type Reading } from './read-cells.ts';
import { isoOf, streamFields } from './stream-fields.ts';

const PERIOD_MS = 2_000;

/** Pages reconnect by themselves; one that was forgotten stops costing. */
const LIFE_MS = 15 * MINUTE_MS;

/** Each asks all shards every two seconds. */
const MAX_READERS = 16;

/** In one message; who was away sees the newest. */
const MAX_STREAMS = 100;

/** Of the newest minute. */
const METRICS = ['requests', 'failed', 'edge_share', 'cost_usd', 'saved_usd'];

/** Those of this isolate. No request data: only how many there are. */
const readers = new Set<object>();

/** @param signal - of the request that gets the body */
export function respondLive(reading: Reading, signal: AbortSignal): Response {
  if (readers.size >= MAX_READERS) {
    return respondRefusal({ reason: 'too_many_followers', limit: MAX_READERS, retryAfterMs: PERIOD_MS });
  }
  const headers = new Headers();
  addStreamHeaders(headers);
  const feed = new LiveFeed(reading);
  const body = liveBody(feed);
  // A body that is handed over while its reader leaves is never pulled, and never cancelled either.
  const leave = (): boolean => readers.delete(feed);
  if (signal.aborted) leave();
  else signal.addEventListener('abort', leave);
  return new Response(body, { headers });
}

function liveBody(feed: LiveFeed): ReadableStream<Uint8Array> {
  const endMs = Date.now() + LIFE_MS;
  const utf8 = new TextEncoder();
  let waitMs = 0;
  readers.add(feed);
  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        await new Promise((resolve) => {
          setTimeout(resolve, waitMs);
        });
        waitMs = PERIOD_MS;
        if (!readers.has(feed)) return; // who left causes no more questions
        const isOver = Date.now() >= endMs;
        try {
          const text = isOver ? frame('bye', {}) : await feed.next();
          if (!readers.has(feed)) return;
          controller.enqueue(utf8.encode(text));
        } catch (error) {
          readers.delete(feed); // a body that fails is not cancelled
          throw error;
        }
        if (!isOver) return;
        readers.delete(feed);
        controller.close();
      },
      cancel() {
        readers.delete(feed);
      },
    },
    { highWaterMark: 0 },
  );
}

class LiveFeed {
  readonly #reading: Reading;
  /** By shard; empty until they were asked for the first time. */
  #positions: readonly number[] = [];
  #summary = '';

  constructor(reading: Reading) {
    this.#reading = reading;
  }

  /** What is new, or a heartbeat. Shards that do not answer are asked again the next time. */
  async next(): Promise<string> {
    const [summary, streams] = await Promise.all([this.#nextSummary(), this.#nextStreams()]);
    return summary + streams || HEARTBEAT;
  }

  async #nextSummary(): Promise<string> {
    const { context, asked } = this.#reading;
    const nowMs = Date.now();
    const minute = { ...asked, fromMs: nowMs - MINUTE_MS, toMs: nowMs };
    const histograms: readonly HistogramName[] = ['ttft_ms', 'tokens_per_second'];
    const [read, active] = await Promise.all([
      readSteps({ context, asked: minute }, { stepMs: MINUTE_MS, histograms }),
      activeStreams(context, asked.filter),
    ]);
    if (!read.ok) return '';
    const cell = lastMinute(read.value.get('') ?? new Map(), nowMs);
    const told = {
      active_streams: active,
      last_minute: {
        ...metricsOf(cell, METRICS),
        ttft_ms: quantilesOf(cell, 'ttft_ms', [50, 95]),
        tokens_per_second: quantilesOf(cell, 'tokens_per_second', [50]),
      },
    };
    const text = JSON.stringify(told);
    if (text === this.#summary) return '';
    this.#summary = text;
    return frame('summary', { at: isoOf(nowMs), ...told });
  }

  async #nextStreams(): Promise<string> {
    const { context, asked } = this.#reading;
    const { filter, outcome } = asked;
    const isFirst = this.#positions.length === 0;
    const shards = statsShards(context);
    const answers = await askShards(shards, (shard) => {
      const sinceSeq = this.#positions[shards.indexOf(shard)] ?? 0;
      return shard.streams({ limit: isFirst ? 1 : MAX_STREAMS, sinceSeq, filter, outcome });
    });
    if (!answers.ok) return '';
    this.#positions = answers.value.map(({ newestSeq }) => newestSeq);
    // Those from before are in the table already.
    if (isFirst) return '';
    const records: readonly ListedRecord[] = answers.value.flatMap((answer) => answer.records);
    if (records.length === 0) return '';
    const oldestFirst = records.toSorted((one, two) => one.endedMs - two.endedMs).slice(-MAX_STREAMS);
    return frame('streams', { data: oldestFirst.map(streamFields) });
  }
}

/** Counts are kept by whole minutes: of the one before as much is told as still belongs to the last 60 seconds. */
function lastMinute(steps: ReadonlyMap<number, Cell>, nowMs: number): Cell {
  const intoMs = nowMs % MINUTE_MS;
  const sum = new Cell();
  for (const [startMs, cell] of steps) {
    if (startMs < nowMs - intoMs)
      for (const name of SUMS) cell.sums[name] = Math.round(cell.sums[name] * (1 - intoMs / MINUTE_MS));
    sum.merge(cell);
  }
  return sum;
}

function frame(event: string, data: object): string {
  return encodeUnnumbered({ event, data: JSON.stringify(data) });
}
