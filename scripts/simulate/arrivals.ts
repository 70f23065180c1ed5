// When requests arrive: a Poisson process whose rate breathes slowly, like a day in ten minutes, and has short bursts,
// as when a class of students gets the same task. Averaged over whole cycles the rate is what was asked for.

import type { Random } from '../../classifier/train/seeded-random.ts';

const MS_PER_SECOND = 1000;

/** A day for people in a hurry. */
export const CYCLE_MS = 600_000;
const CYCLE_SWING = 0.35;

/** One burst in each slot, somewhere in it. */
const BURST_SLOT_MS = 60_000;
const BURST_MS = 4_000;
const BURST_FACTOR = 2.5;

/** Bursts are on top, so the quiet time has less than the average. */
const QUIET = BURST_SLOT_MS / (BURST_SLOT_MS + BURST_MS * (BURST_FACTOR - 1));

const HIGHEST = (1 + CYCLE_SWING) * QUIET * BURST_FACTOR;

/** Milliseconds from the start, ascending, without an end. Thinned from a process at the highest rate. */
export function* arrivalTimes(perSecond: number, random: Random): Generator<number, never> {
  let atMs = 0;
  let slot = -1;
  let burstMs = 0;
  for (;;) {
    atMs += (-Math.log(1 - random()) * MS_PER_SECOND) / (perSecond * HIGHEST);
    const slotNow = Math.floor(atMs / BURST_SLOT_MS);
    if (slotNow !== slot) {
      slot = slotNow;
      burstMs = slot * BURST_SLOT_MS + random() * (BURST_SLOT_MS - BURST_MS);
    }
    const isBurst = atMs >= burstMs && atMs < burstMs + BURST_MS;
    if (random() * HIGHEST < levelAt(atMs, isBurst)) yield atMs;
  }
}

function levelAt(atMs: number, isBurst: boolean): number {
  const cycle = 1 + CYCLE_SWING * Math.sin((2 * Math.PI * atMs) / CYCLE_MS);
  return cycle * QUIET * (isBurst ? BURST_FACTOR : 1);
}
