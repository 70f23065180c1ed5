// Reads the query of an analytics request. Every value is checked against what it may be, and a parameter that an
// endpoint does not take is refused: a misspelt filter would else show the whole as if it were a part.

import type { Refusal } from '../../protocol/errors.ts';
import type { GenerationOutcome } from '../../protocol/generation-record.ts';
import { ok, refuse, type Result } from '../../protocol/result.ts';
import { METRIC_NAMES, OUTCOMES } from './metrics.ts';
import { DIMENSIONS, HISTOGRAMS, type Dimension, type StatsFilter } from './stats-question.ts';
import { DAY_MS, HOUR_MS, KEPT_MS, MINUTE_MS } from './step-levels.ts';

/** A query as an endpoint uses it; parameters that it does not take have their defaults. */
export type Asked = {
  readonly fromMs: number;
  readonly toMs: number;
  readonly stepMs: number;
  readonly filter: StatsFilter;
  readonly groupBy: Dimension | null;
  readonly percentiles: readonly number[];
  readonly metrics: readonly string[];
  readonly limit: number;
  readonly outcome: GenerationOutcome | null;
  readonly isCsv: boolean;
};

export type Reading = {
  /** What the endpoint takes beside `format`. */
  readonly takes: readonly string[];
  readonly nowMs: number;
  /** Unix ms of an ISO 8601 text, NaN of what is none. */
  readonly instant: (text: string) => number;
};

/** What began before these is not there in finer steps. */
const [MINUTES_KEPT_MS, HOURS_KEPT_MS, DAYS_KEPT_MS] = KEPT_MS;

/** What a chart of a screen's width shows. */
const DEFAULT_POINTS = 180;
/** Some megabytes of JSON with every distribution. */
const MAX_POINTS = 3_000;

const MAX_LIMIT = 1_000;
const DEFAULT_LIMIT = 100;
const MAX_PERCENTILES = 5;
/** As many as a screen offers, and few enough to be compared with every cell. */
const MAX_VALUES = 50;

const UNIT_MS: Readonly<Record<string, number>> = { m: MINUTE_MS, h: HOUR_MS, d: DAY_MS };
const STEPS = ['1m', '5m', '15m', '1h', '6h', '1d'];
const CLOSED: Readonly<Partial<Record<Dimension, readonly string[]>>> = {
  tier: ['edge', 'cloud'],
  chunking: ['batched', 'strict', 'whole', 'direct'],
};
const DEFAULT_METRICS = 'requests,failed,cost_usd,saved_usd,edge_share,ttft_ms';

/** `accept`: of the request's header; `format` wins over it. */
export function parseQuestion(
  query: URLSearchParams,
  accept: string | null,
  reading: Reading,
): Result<Asked, Refusal> {
  const reader = new Query(query);
  const { nowMs, takes } = reading;
  reader.allowOnly(['format', ...takes]);
  const [fromMs, toMs] = spanOf(reader, reading);
  const format = reader.oneOf('format', ['json', 'csv']);
  const asked: Asked = {
    fromMs,
    toMs,
    stepMs: stepOf(reader, [fromMs, toMs], nowMs),
    filter: filterOf(reader),
    groupBy: reader.oneOf('group_by', DIMENSIONS),
    percentiles: percentilesOf(reader),
    metrics: reader.list('metrics', [...METRIC_NAMES, ...HISTOGRAMS]) ?? DEFAULT_METRICS.split(','),
    limit: limitOf(reader),
    outcome: reader.oneOf('outcome', OUTCOMES),
    isCsv: (format ?? (accept?.includes('text/csv') === true ? 'csv' : 'json')) === 'csv',
  };
  return reader.refusal === null ? ok(asked) : refuse(reader.refusal);
}

/** Reads on after a fault with the default, and keeps the first fault. */
class Query {
  refusal: Refusal | null = null;
  readonly #query: URLSearchParams;

  constructor(query: URLSearchParams) {
    this.#query = query;
  }

  allowOnly(names: readonly string[]): void {
    for (const name of this.#query.keys()) {
      if (!names.includes(name)) this.fault(name, `is none of ${names.join(', ')}`);
      else if (this.#query.getAll(name).length > 1) this.fault(name, 'may be given once');
    }
  }

  fault(param: string, rule: string): void {
    this.refusal ??= { reason: 'invalid_request', param, message: `The parameter ${param} ${rule}.` };
  }

  text(name: string): string | null {
    return this.#query.get(name);
  }

  oneOf<Value extends string>(name: string, values: readonly Value[]): Value | null {
    const text = this.text(name);
    const value = values.find((known) => known === text) ?? null;
    if (text !== null && value === null) this.fault(name, `must be one of ${values.join(', ')}`);
    return value;
  }

  /** @param values - null: any text will do */
  list(name: string, values: readonly string[] | null): readonly string[] | null {
    const items = this.text(name)?.split(',') ?? null;
    if (items === null) return null;
    const isKnown = (text: string) => (values === null ? text !== '' : values.includes(text));
    if (items.length > MAX_VALUES || !items.every(isKnown))
      this.fault(name, `must be up to ${MAX_VALUES} of ${values?.join(', ') ?? 'its names'}`);
    return items;
  }
}

function spanOf(reader: Query, { nowMs, instant }: Reading): readonly [number, number] {
  const range = reader.text('range');
  const [from, to] = [instantOf(reader, 'from', instant), instantOf(reader, 'to', instant)];
  if (range !== null && (from ?? to) !== null) reader.fault('range', 'goes without from and to');
  const toMs = to ?? nowMs;
  const fromMs = from ?? toMs - lengthOf(range ?? '1h');
  if (!(toMs - fromMs >= MINUTE_MS && toMs - fromMs <= DAYS_KEPT_MS)) {
    const rule = `must give a minute to ${DAYS_KEPT_MS / DAY_MS} days, as 15m, 6h or 30d do, or from before to`;
    reader.fault(range === null ? 'from' : 'range', rule);
  }
  return [fromMs, toMs];
}

/** NaN for what is no length. */
function lengthOf(text: string): number {
  const [, count, unit = ''] = /^(\d{1,6})([mhd])$/.exec(text) ?? [];
  return Number(count) * (UNIT_MS[unit] ?? NaN);
}

function instantOf(reader: Query, name: string, instant: Reading['instant']): number | null {
  // In a query an unescaped plus sign is a space.
  const text = reader.text(name)?.replace(' ', '+');
  if (text === undefined) return null;
  const isSeconds = /^\d{1,11}$/.test(text);
  const isIso = /^\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d))?$/.test(text);
  const atMs = isSeconds ? Number(text) * 1000 : isIso ? instant(text) : NaN;
  if (Number.isNaN(atMs)) reader.fault(name, 'must be ISO 8601 with its zone, or Unix seconds');
  return atMs;
}

function stepOf(reader: Query, [fromMs, toMs]: readonly [number, number], nowMs: number): number {
  const ageMs = nowMs - fromMs;
  const finest = ageMs > HOURS_KEPT_MS ? '1d' : ageMs > MINUTES_KEPT_MS ? '1h' : '1m';
  const finestMs = lengthOf(finest);
  const text = reader.oneOf('step', STEPS);
  if (text === null) {
    const fits = (stepMs: number) => stepMs >= finestMs && (toMs - fromMs) / stepMs <= DEFAULT_POINTS;
    return STEPS.map(lengthOf).find(fits) ?? DAY_MS;
  }
  const stepMs = lengthOf(text);
  if (stepMs < finestMs) reader.fault('step', `must be at least ${finest} so far back`);
  if ((toMs - fromMs) / stepMs > MAX_POINTS) reader.fault('step', `gives more than ${MAX_POINTS} points`);
  return stepMs;
}

function filterOf(reader: Query): StatsFilter {
  const given = DIMENSIONS.map((name) => [name, reader.list(name, CLOSED[name] ?? null)] as const);
  return Object.fromEntries(given.filter(([, values]) => values !== null));
}

function percentilesOf(reader: Query): readonly number[] {
  const percentiles = (reader.text('percentiles') ?? '50,95,99').split(',').map(Number);
  if (!percentiles.every((value) => value > 0 && value < 100) || percentiles.length > MAX_PERCENTILES)
    reader.fault('percentiles', `must be up to ${MAX_PERCENTILES} numbers between 0 and 100`);
  return percentiles;
}

function limitOf(reader: Query): number {
  const limit = Number(reader.text('limit') ?? DEFAULT_LIMIT);
  if (!(Number.isInteger(limit) && limit > 0 && limit <= MAX_LIMIT))
    reader.fault('limit', `must be a whole number from 1 to ${MAX_LIMIT}`);
  return limit;
}
