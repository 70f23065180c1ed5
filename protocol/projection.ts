// A wire format as a pure fold over the log prefix: frame n is the same on every connection, tab and
// restart. Frames depend on their event and the facts alone.

import type { FormatLetter } from './cursor.ts';
import type { StreamEvent } from './events.ts';
import type { Frame } from './sse.ts';

/** Facts of a generation that formats show in their frames. Fixed when the generation is accepted. */
export type GenerationFacts = {
  readonly generation: string;
  readonly streamId: string;
  /** Configured model id. */
  readonly model: string;
  /** Unix time in milliseconds at which the request was accepted. */
  readonly createdMs: number;
  /** The request's `stream_options.include_usage`. */
  readonly includeUsage: boolean;
};

export interface Projector {
  readonly format: FormatLetter;
  /** How many frames `frames` returns for this event, without building them. */
  count(event: StreamEvent): number;
  frames(event: StreamEvent): readonly Frame[];
  /** The frame that tells a client its cursor was lost in a crash; null when the format cannot say it. */
  reset(truncateTo: number, text: string): Frame | null;
  /** The frame for a failure that is not in the log (a follower that cannot be served any longer). */
  failure(code: string, message: string): Frame;
}
