// Positions: `Seq` counts events in a log from 0; frame numbers count wire frames of one format from 0.
// They differ (one event may be 0..n frames), so each has its own brand and is made here only.

declare const seqBrand: unique symbol;
declare const frameBrand: unique symbol;
export type Seq = number & { readonly [seqBrand]: true };
export type FrameNumber = number & { readonly [frameBrand]: true };

export function toSeq(value: number): Seq {
  if (!Number.isSafeInteger(value) || value < 0) throw new RangeError(`not a sequence number: ${value}`);
  return value as Seq; // the one place where the brand is made, after the check above
}

export function toFrameNumber(value: number): FrameNumber {
  if (!Number.isSafeInteger(value) || value < 0) throw new RangeError(`not a frame number: ${value}`);
  return value as FrameNumber; // the one place where the brand is made, after the check above
}
