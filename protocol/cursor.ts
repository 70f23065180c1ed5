// Event ids on the wire: `<format><generation>.<epoch>-<n>`, n contiguous from 0 per format.
// Parsing is strict: anything else is refused, never read as "from the start" (a client that sends
// a damaged cursor must learn it, or it would show text twice).

import { toFrameNumber, type FrameNumber } from './seq.ts';

/** One letter per wire format: `c` = chat completions chunks, `t` = native typed events. */
export type FormatLetter = 'c' | 't';

export type Cursor = {
  readonly format: FormatLetter;
  readonly generation: string;
  /** Starts at 1; one more after each restart of the object while the generation ran. */
  readonly epoch: number;
  readonly frame: FrameNumber;
};

/** 80 random bits in lower-case base 32: never reused, and short enough for ids of ≤ 40 bytes. */
export const GENERATION_LENGTH = 16;

const CURSOR = /^([ct])([a-z2-7]{16})\.([1-9][0-9]{0,4})-(0|[1-9][0-9]{0,8})$/;

/** The part of an id before the frame number: constant for one format, generation and epoch. */
export function cursorPrefix(format: FormatLetter, generation: string, epoch: number): string {
  return `${format}${generation}.${epoch}-`;
}

/** Returns null for anything that is not exactly an id of ours. */
export function parseCursor(text: string): Cursor | null {
  const match = CURSOR.exec(text);
  if (match === null) return null;
  const [, format, generation, epoch, frame] = match;
  if ((format !== 'c' && format !== 't') || generation === undefined) return null;
  return { format, generation, epoch: Number(epoch), frame: toFrameNumber(Number(frame)) };
}
