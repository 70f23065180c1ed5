// Where a value stands in a drawing.

/** @returns 0..1; a value beyond the greatest stands at its end */
export function shareOf(value: number, greatest: number): number {
  if (greatest <= 0) return 0;
  return Math.min(1, Math.max(0, value / greatest));
}

/** The next round number (1, 2, 2.5 or 5 times a power of ten), for an axis that ends calmly. */
export function roundUp(value: number): number {
  if (value <= 0) return 1;
  const power = 10 ** Math.floor(Math.log10(value));
  const steps = [1, 2, 2.5, 5, 10].map((step) => step * power);
  return steps.find((step) => step >= value * (1 - 1e-9)) ?? 10 * power;
}

/** Up to what the axis of a chart goes: the target belongs to the picture unless it is far above all values. */
export function axisTop(greatest: number | null, target: number | null): number {
  const values = greatest ?? 0;
  const isNear = target !== null && values * NEAR_TARGET >= target;
  const top = Math.max(values, isNear || values === 0 ? (target ?? 0) : 0);
  return top === 0 ? 1 : top * 1.08;
}

/** A target more than this many times the greatest value would press the lines to the floor. */
const NEAR_TARGET = 3;
