// The clock that the load generator and the upstream share: CLOCK_MONOTONIC, the same in every process of
// one machine. A token carries the time it was sent, so its delay needs no synchronisation.

/** Digits of a stamp: µs modulo 10^10, which wraps after 2.7 hours. */
export const STAMP_DIGITS = 10;

const WRAP_US = 10 ** STAMP_DIGITS;

/** Microseconds, modulo `10 ** STAMP_DIGITS`. */
export function nowUs(): number {
  return Number(process.hrtime.bigint() / 1000n) % WRAP_US;
}

export function stamp(us: number): string {
  return String(us).padStart(STAMP_DIGITS, '0');
}

/** `laterUs − earlierUs` across a wrap. */
export function elapsedUs(earlierUs: number, laterUs: number): number {
  const difference = laterUs - earlierUs;
  return difference < -WRAP_US / 2 ? difference + WRAP_US : difference;
}
