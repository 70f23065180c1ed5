// What the operator looks at: all of it stands in the address, so that it can be shared and Back works.
// Invariant: `parseView(formatView(view))` is `view`. What an address has and nobody knows is left out, not an error.

import { parseTheme, type Theme } from '../../web/theme.ts';
import type { Outcome } from './analytics-answers.ts';
import { DIMENSIONS, type Dimension, type Filter } from './dimensions.ts';

export const RANGES = ['15m', '1h', '6h', '24h', '7d', '30d'] as const;

export type ViewRange =
  | { readonly type: 'last'; readonly span: string }
  /** ISO 8601; without `to` it ends now. */
  | { readonly type: 'between'; readonly from: string; readonly to: string | null };

export const LATENCY_METRICS = ['ttft_ms', 'gap_p95_ms', 'tokens_per_second', 'overhead_ms'] as const;
export type LatencyMetric = (typeof LATENCY_METRICS)[number];

export const OUTCOMES = ['completed', 'stopped', 'client_gone', 'failed'] as const satisfies Outcome[];

export type View = {
  readonly range: ViewRange;
  readonly filter: Filter;
  readonly group: Dimension | null;
  readonly metric: LatencyMetric;
  readonly theme: Theme;
  readonly isLive: boolean;
  /** Of the streams that are listed; null: any. */
  readonly outcome: Outcome | null;
  /** The stream that is shown in detail. */
  readonly stream: string | null;
};

export const FIRST_VIEW: View = {
  range: { type: 'last', span: '1h' },
  filter: {},
  group: 'tier',
  metric: 'ttft_ms',
  theme: 'auto',
  isLive: true,
  outcome: null,
  stream: null,
};

/** What the API takes for a range of its own: 1 minute to 400 days. */
const SPAN = /^([1-9]\d{0,5})([mhd])$/;
const UNIT_MS: Readonly<Record<string, number>> = { m: 60_000, h: 3_600_000, d: 86_400_000 };
const MOST_SPAN_MS = 400 * 86_400_000;

/** @param search - `location.search` */
export function parseView(search: string): View {
  const query = new URLSearchParams(search);
  const group = query.get('group_by');
  return {
    range: parseRange(query),
    filter: parseFilter(query),
    group: group === 'none' ? null : (oneOf(DIMENSIONS, group) ?? FIRST_VIEW.group),
    metric: oneOf(LATENCY_METRICS, query.get('metric')) ?? FIRST_VIEW.metric,
    theme: parseTheme(query.get('theme')),
    isLive: query.get('live') !== 'off',
    outcome: oneOf(OUTCOMES, query.get('outcome')),
    stream: query.get('stream') || null,
  };
}

/** Only what differs from the first view: `?range=7d`, or an empty string. */
export function formatView(view: View): string {
  const query = new URLSearchParams(rangeAndFilter(view));
  if (query.get('range') === '1h') query.delete('range');
  if (view.group !== FIRST_VIEW.group) query.set('group_by', view.group ?? 'none');
  if (view.metric !== FIRST_VIEW.metric) query.set('metric', view.metric);
  if (view.theme !== FIRST_VIEW.theme) query.set('theme', view.theme);
  if (!view.isLive) query.set('live', 'off');
  if (view.outcome !== null) query.set('outcome', view.outcome);
  if (view.stream !== null) query.set('stream', view.stream);
  const text = readable(query);
  return text === '' ? '' : `?${text}`;
}

/** The address of an analytics question about this view. */
export function questionPath(
  endpoint: string,
  view: Pick<View, 'range' | 'filter'>,
  more: Readonly<Record<string, string>> = {},
): string {
  return `/v1/analytics/${endpoint}?${readable(new URLSearchParams({ ...rangeAndFilter(view), ...more }))}`;
}

/** Only the filters: what the live feed and the list of streams take. */
export function filterParams(filter: Filter): Readonly<Record<string, string>> {
  return Object.fromEntries(
    DIMENSIONS.flatMap((dimension) => {
      const values = filter[dimension] ?? [];
      return values.length === 0 ? [] : [[dimension, values.join(',')]];
    }),
  );
}

/** @returns null when the text is no span that the API takes */
export function spanMs(span: string): number | null {
  const [, count, unit] = SPAN.exec(span) ?? [];
  if (count === undefined || unit === undefined) return null;
  const ms = Number(count) * (UNIT_MS[unit] ?? 0);
  return ms <= MOST_SPAN_MS ? ms : null;
}

/** How long the range is, for what depends on it. */
export function rangeMs(range: ViewRange, nowMs: number): number {
  if (range.type === 'last') return spanMs(range.span) ?? 0;
  return (range.to === null ? nowMs : Date.parse(range.to)) - Date.parse(range.from);
}

function rangeAndFilter({ range, filter }: Pick<View, 'range' | 'filter'>): Record<string, string> {
  const filters = filterParams(filter);
  if (range.type === 'last') return { range: range.span, ...filters };
  return { from: range.from, ...(range.to === null ? {} : { to: range.to }), ...filters };
}

function parseRange(query: URLSearchParams): ViewRange {
  const span = query.get('range');
  if (span !== null && spanMs(span) !== null) return { type: 'last', span };
  const from = parseTime(query.get('from'));
  const to = parseTime(query.get('to'));
  if (from === null || (to !== null && to <= from)) return FIRST_VIEW.range;
  return { type: 'between', from, to };
}

/** In the one form in which times compare as text. */
function parseTime(text: string | null): string | null {
  const ms = Date.parse(text ?? '');
  return Number.isNaN(ms) ? null : new Date(ms).toISOString();
}

function parseFilter(query: URLSearchParams): Filter {
  return Object.fromEntries(
    DIMENSIONS.flatMap((dimension) => {
      const values = (query.get(dimension) ?? '').split(',').filter((value) => value !== '');
      return values.length === 0 ? [] : [[dimension, [...new Set(values)]]];
    }),
  );
}

function oneOf<Value extends string>(values: readonly Value[], text: string | null): Value | null {
  return values.find((value) => value === text) ?? null;
}

/** Commas, colons and slashes may stand in a query as they are; an address is for people, too. */
function readable(query: URLSearchParams): string {
  return query.toString().replaceAll('%2C', ',').replaceAll('%3A', ':').replaceAll('%2F', '/');
}
