// Minutes, hours and days: how long each is kept, and by which of them a range of time is read with the fewest rows.

export type Level = 0 | 1 | 2;

export const MINUTE_MS = 60_000;
export const HOUR_MS = 3_600_000;
export const DAY_MS = 86_400_000;

export const LENGTH_MS = [MINUTE_MS, HOUR_MS, DAY_MS] as const;

/**
 * Minutes: today and the same time yesterday; hours: a month and the days around it; days: a year and the month before
 * it, to compare with.
 */
export const KEPT_MS = [2 * DAY_MS, 40 * DAY_MS, 400 * DAY_MS] as const;

/** `rolled[level]`: Unix ms before which everything is in rows of that level; minutes are never rolled up from others. */
export type StepMarks = { readonly nowMs: number; readonly rolled: readonly [number, number, number] };

export type Span = { readonly level: Level; readonly fromMs: number; readonly toMs: number };

export function floorTo(ms: number, lengthMs: number): number {
  return Math.floor(ms / lengthMs) * lengthMs;
}

function ceilTo(ms: number, lengthMs: number): number {
  return Math.ceil(ms / lengthMs) * lengthMs;
}

/** Before this, rows of the level are deleted: never before they are in rows of the next one. */
export function keptFrom(level: Level, { nowMs, rolled }: StepMarks): number {
  const next = level === 2 ? 2 : level + 1;
  const oldest = level === 2 ? nowMs : (rolled[next] ?? 0);
  return floorTo(Math.min(nowMs - KEPT_MS[level], oldest), LENGTH_MS[next] ?? DAY_MS);
}

/** The longest steps that every step of the question is made of. */
export function levelFor(stepMs: number | null): Level {
  if (stepMs === null || stepMs % DAY_MS === 0) return 2;
  return stepMs % HOUR_MS === 0 ? 1 : 0;
}

/** Spans that cover a range once, of steps no longer than `level` as far as shorter ones are still kept. */
export function* spansOf(range: Span, marks: StepMarks): Generator<Span> {
  const { level, fromMs, toMs } = range;
  const minutesFrom = keptFrom(0, marks);
  const hoursFrom = keptFrom(1, marks);
  // Where shorter steps are gone, the range is widened to whole ones of what is left.
  const days = { fromMs: floorTo(fromMs, DAY_MS), toMs: Math.min(ceilTo(toMs, DAY_MS), hoursFrom) };
  yield* cover({ level: 2, ...days }, marks);
  const hours = {
    fromMs: Math.max(floorTo(fromMs, HOUR_MS), hoursFrom),
    toMs: Math.min(ceilTo(toMs, HOUR_MS), minutesFrom),
  };
  yield* cover({ level: level === 2 ? 2 : 1, ...hours }, marks);
  yield* cover({ level, fromMs: Math.max(fromMs, minutesFrom), toMs }, marks);
}

function* cover({ level, fromMs, toMs }: Span, marks: StepMarks): Generator<Span> {
  if (fromMs >= toMs) return;
  if (level === 0) {
    yield { level, fromMs, toMs };
    return;
  }
  const lengthMs = LENGTH_MS[level];
  const finer = level === 2 ? 1 : 0;
  const firstMs = Math.min(toMs, ceilTo(fromMs, lengthMs));
  const endMs = Math.max(firstMs, Math.min(floorTo(toMs, lengthMs), marks.rolled[level]));
  yield* cover({ level: finer, fromMs, toMs: firstMs }, marks);
  if (firstMs < endMs) yield { level, fromMs: firstMs, toMs: endMs };
  yield* cover({ level: finer, fromMs: endMs, toMs }, marks);
}
