// Counts what arrived by the numbers in the event ids, and nothing else: what the counters show is what the wire said.

export type SequenceCount = {
  readonly frames: number;
  /** Numbers that were passed over. */
  readonly gaps: number;
  /** Frames whose number had been there before. */
  readonly duplicates: number;
  /** The newest number; null before the first frame. */
  readonly last: number | null;
};

export const NOTHING_COUNTED: SequenceCount = { frames: 0, gaps: 0, duplicates: 0, last: null };

/** `tmfzwq2ltmv3ggyl5.1-17` → 17; null for an id that is not of this form. */
export function seqOf(id: string): number | null {
  const digits = /^[ct][a-z2-7]+\.\d+-(\d+)$/.exec(id)?.[1];
  return digits === undefined ? null : Number(digits);
}

export function countFrame(count: SequenceCount, seq: number): SequenceCount {
  const expected = (count.last ?? -1) + 1;
  const frames = count.frames + 1;
  return seq < expected
    ? { ...count, frames, duplicates: count.duplicates + 1 }
    : { ...count, frames, gaps: count.gaps + seq - expected, last: seq };
}

/** The server said that everything above this number did not survive: it comes anew, and that is no duplicate. */
export function countReset(count: SequenceCount, truncateTo: number): SequenceCount {
  return { ...count, last: truncateTo };
}
