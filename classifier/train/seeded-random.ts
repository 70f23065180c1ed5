// The trainer's own random numbers: training must give the same bytes on every machine, so the engine's are out.

export type Random = () => number;

/** Mulberry32: 32 bits of state are plenty for shuffles and resamples. Returns numbers in [0, 1). */
export function seededRandom(seed: number): Random {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}

/** Fisher–Yates, in place. */
export function shuffle(indices: Uint32Array, random: Random): void {
  for (let last = indices.length - 1; last > 0; last -= 1) {
    const other = Math.floor(random() * (last + 1));
    const kept = indices[last] ?? 0;
    indices[last] = indices[other] ?? 0;
    indices[other] = kept;
  }
}
