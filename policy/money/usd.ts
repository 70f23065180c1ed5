// Amounts that are added up and compared are whole billionths of a dollar: sums of fractions would drift, and a budget
// for exactly five calls must let five through. Rounding keeps the order of amounts, so what is within an estimate in
// dollars is within it here.

const NANO = 1_000_000_000;

export function toNanoUsd(usd: number): number {
  return Math.round(usd * NANO);
}

export function toUsd(nanoUsd: number): number {
  return nanoUsd / NANO;
}
