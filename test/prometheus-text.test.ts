// The promise: what Prometheus reads is well formed, exact, and as long with ten thousand tenants as with one.

import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { Cell } from '../policy/analytics/cell.ts';
import { prometheusText, type TotalsRow } from '../policy/analytics/prometheus-text.ts';
import { Rollup } from '../policy/analytics/rollup.ts';
import { StatsBook } from '../policy/analytics/stats-book.ts';
import { seededRandom } from '../classifier/train/seeded-random.ts';
import { randomRecord } from './support/random-records.ts';
import { StatsMemory } from './support/stats-memory.ts';

/** One line: name, labels and value. */
const SAMPLE = /^([a-z_:][a-z0-9_:]*)\{((?:[a-z_]+="(?:[^"\\\n]|\\[\\"n])*",?)*)\} (\S+)$/;

type Sample = { readonly name: string; readonly labels: string; readonly value: number };

function samplesOf(text: string): readonly Sample[] {
  const lines = text.split('\n').filter((line) => line !== '' && !line.startsWith('# '));
  return lines.map((line) => {
    const [, name, labels, value] = SAMPLE.exec(line) ?? [];
    if (name === undefined || labels === undefined) throw new Error(`this is no sample: ${line}`);
    return { name, labels, value: Number(value) };
  });
}

function valueOf(text: string, name: string, ...labels: readonly string[]): number {
  const found = samplesOf(text).filter((one) => {
    return one.name === name && labels.every((label) => one.labels.split(',').includes(label));
  });
  return found.reduce((sum, { value }) => sum + value, 0);
}

/** What a shard says after so many records, each of another tenant. */
function totalsAfter(records: number, tenants: number): { text: string; book: StatsBook } {
  const book = new StatsBook(new StatsMemory());
  const random = seededRandom(7);
  for (let at = 0; at < records; at++) {
    book.add({ ...randomRecord(random, at), tenant: `tenant-${at % tenants}` }, 1_000 + at);
  }
  book.flush(1_000 + records);
  const rollup = new Rollup().read(book.durableTotals());
  const rows = Array.from(rollup.entries(), ({ key, cell }) => ({ ...key, cell }));
  return { text: prometheusText(rows), book };
}

function row(model: string, cell = new Cell()): TotalsRow {
  return { tier: 'edge', model, provider: 'toy', cell };
}

it('has a help and a type for each name, and counters say that they are', () => {
  const { text } = totalsAfter(500, 3);
  const families = new Map(
    Array.from(text.matchAll(/^# TYPE (\S+) (\S+)$/gm), ([, name = '', type = '']) => [name, type]),
  );
  const helps = Array.from(text.matchAll(/^# HELP (\S+) \S.*$/gm), ([, name]) => name);
  const sampled = new Set(samplesOf(text).map(({ name }) => name.replace(/_(bucket|sum|count)$/, '')));
  expect([helps, [...sampled].toSorted()]).toEqual([[...families.keys()], [...families.keys()].toSorted()]);
  for (const [name, type] of families)
    expect([name, type === 'counter']).toEqual([name, name.endsWith('_total')]);
});

it('counts what the records say', () => {
  const random = seededRandom(7);
  const records = Array.from({ length: 500 }, (_, at) => randomRecord(random, at));
  const { text } = totalsAfter(500, 3);
  const sum = (of: (one: (typeof records)[number]) => number) =>
    records.reduce((all, one) => all + of(one), 0);
  expect([
    valueOf(text, 'edgeways_generations_total'),
    valueOf(text, 'edgeways_generations_total', 'outcome="failed"'),
    valueOf(text, 'edgeways_failures_total'),
    valueOf(text, 'edgeways_reconnects_total'),
    valueOf(text, 'gen_ai_client_inference_usage_output_tokens_total'),
    valueOf(text, 'gen_ai_server_time_to_first_token_seconds_count'),
  ]).toEqual([
    500,
    sum(({ outcome }) => (outcome === 'failed' ? 1 : 0)),
    sum(({ failure }) => (failure === null ? 0 : 1)),
    sum(({ reconnects }) => reconnects),
    sum(({ outputTokens }) => outputTokens),
    sum(({ ttftMs }) => (ttftMs === null ? 0 : 1)),
  ]);
  expect(valueOf(text, 'edgeways_cost_usd_total')).toBeCloseTo(
    sum(({ costUsd }) => costUsd),
    6,
  );
});

describe('histograms', () => {
  const cell = new Cell();
  for (const ms of [40, 90, 290, 290, 790, 2_900, 29_000, 500_000]) cell.histogram('ttft_ms').add(ms);
  const text = prometheusText([row('m', cell)]);
  const buckets = samplesOf(text).filter(
    ({ name }) => name === 'gen_ai_server_time_to_first_token_seconds_bucket',
  );
  const bounds = buckets.map(({ labels }) => /le="([^"]+)"/.exec(labels)?.[1]);

  it('have the goals of the product among their bounds', () => {
    const goals = ['0.05', '0.1', '0.2', '0.3', '0.5', '0.8', '1', '2', '3', '5', '10', '15', '30', '+Inf'];
    expect(bounds).toEqual(expect.arrayContaining(goals));
  });

  it('count what is at most their bound, in seconds, and everything in the last', () => {
    const below = Object.fromEntries(buckets.map(({ value }, at) => [bounds[at], value]));
    expect([
      below['0.05'],
      below['0.1'],
      below['0.3'],
      below['0.8'],
      below['3'],
      below['30'],
      below['+Inf'],
    ]).toEqual([1, 2, 4, 5, 6, 7, 8]);
    expect(valueOf(text, 'gen_ai_server_time_to_first_token_seconds_sum')).toBeCloseTo(533.4, 6);
  });

  it('never fall', () => {
    for (const [at, { value }] of buckets.entries())
      expect(value).toBeGreaterThanOrEqual(buckets[at - 1]?.value ?? 0);
  });
});

it('escapes what a label may not have', () => {
  const text = prometheusText([row('a"b\\c\nd')]);
  expect(text).toContain('model="a\\"b\\\\c\\nd"');
  expect(() => samplesOf(text)).not.toThrow();
});

it('is as long with ten thousand tenants as with one, and names none', () => {
  const [one, many] = [totalsAfter(10_000, 1).text, totalsAfter(10_000, 10_000).text];
  expect([many.split('\n').length, many.includes('tenant')]).toEqual([one.split('\n').length, false]);
});

describe('the Grafana dashboard', () => {
  const dashboard: unknown = JSON.parse(
    readFileSync(new URL('../docs/grafana/edgeways.json', import.meta.url), 'utf8'),
  );
  const queries = [...JSON.stringify(dashboard).matchAll(/"expr":"((?:[^"\\]|\\.)*)"/g)].map(
    ([, expr = '']) => expr,
  );

  it('asks only for what there is', () => {
    const { text } = totalsAfter(500, 3);
    const known = new Set(samplesOf(text).map(({ name }) => name));
    const asked = queries.flatMap((expr) => expr.match(/\b(?:edgeways|gen_ai)_[a-z_]+(?=[{[])/g) ?? []);
    expect([asked.length > 10, asked.filter((name) => !known.has(name))]).toEqual([true, []]);
  });

  it('groups only by labels that there are', () => {
    const { text } = totalsAfter(500, 3);
    const known = new Set(samplesOf(text).flatMap(({ labels }) => labels.match(/[a-z_]+(?==")/g) ?? []));
    const grouped = queries.flatMap((expr) =>
      [...expr.matchAll(/by \(([^)]*)\)/g)].flatMap(([, names = '']) => names.split(/, */)),
    );
    expect(grouped.filter((name) => !known.has(name))).toEqual([]);
  });
});
