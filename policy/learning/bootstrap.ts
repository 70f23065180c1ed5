// 95 % intervals by resampling blocks of neighbouring trials: neighbours share a day and often a conversation, so they
// know less than as many strangers. Percentiles of seeded resamples: the same log gives the same interval.

export type Interval = { readonly value: number; readonly low: number; readonly high: number };

const RESAMPLES = 1_000;

/**
 * @param blocks - sums of the columns that the figures are made of, one array for each block
 * @param figuresOf - the figures from the sums over all blocks
 * @param random - numbers in [0, 1)
 */
export function bootstrapIntervals(
  blocks: readonly Float64Array[],
  figuresOf: (sums: Float64Array) => readonly number[],
  random: () => number,
): readonly Interval[] {
  const whole = new Float64Array(blocks[0]?.length ?? 0);
  for (const block of blocks) addTo(whole, block);
  const values = figuresOf(whole);
  const samples = values.map(() => new Float64Array(RESAMPLES));
  for (let round = 0; round < RESAMPLES; round += 1) {
    const sums = new Float64Array(blocks[0]?.length ?? 0);
    for (let draw = 0; draw < blocks.length; draw += 1)
      addTo(sums, blocks[Math.floor(random() * blocks.length)]);
    figuresOf(sums).forEach((figure, at) => {
      const sample = samples[at];
      if (sample !== undefined) sample[round] = figure;
    });
  }
  return values.map((value, at) => {
    const sorted = samples[at]?.sort() ?? new Float64Array();
    return {
      value,
      low: sorted[Math.floor(0.025 * RESAMPLES)] ?? value,
      high: sorted[Math.floor(0.975 * RESAMPLES)] ?? value,
    };
  });
}

function addTo(sums: Float64Array, block: Float64Array | undefined): void {
  if (block === undefined) return;
  for (let at = 0; at < sums.length; at += 1) sums[at] = (sums[at] ?? 0) + (block[at] ?? 0);
}
