// Everything of a shard that is not a closed minute, as one blob: it is written whole with every flush, so that what it
// says of the ids that were counted always fits the sums.

import type { BreakerTurn, RefusalCount } from '../../protocol/generation-record.ts';
import { ByteReader } from './byte-reader.ts';
import { ByteWriter } from './byte-writer.ts';
import { FORMAT } from './cell-codec.ts';
import type { StepMarks } from './step-levels.ts';
import type { StreamRing } from './stream-ring.ts';

export type StateHead = {
  /** The open minute. */
  readonly openMs: number;
  readonly rolled: StepMarks['rolled'];
  readonly refusals: readonly RefusalCount[];
  readonly turns: readonly BreakerTurn[];
};

export type StatsState = {
  readonly head: StateHead;
  /** Hashes of the ids that were counted last, oldest first. */
  readonly ids: Iterable<number>;
  /** Encoded rollups. */
  readonly open: Uint8Array;
  readonly totals: Uint8Array;
};

export function encodeState(
  { head, ids, open, totals }: StatsState,
  ring: StreamRing,
): Uint8Array<ArrayBuffer> {
  return new ByteWriter()
    .varint(FORMAT)
    .text(JSON.stringify(head))
    .nest((writer) => {
      for (const hash of ids) writer.varint(hash);
    })
    .block(open)
    .block(totals)
    .nest((writer) => ring.write(writer)).bytes;
}

/** Null for nothing, and for what another version wrote. */
export function decodeState(bytes: Uint8Array | null): (StatsState & { readonly ring: ByteReader }) | null {
  const reader = new ByteReader(bytes ?? new Uint8Array());
  if (reader.varint() !== FORMAT) return null;
  return {
    head: JSON.parse(reader.text()) as StateHead, // written by encodeState
    ids: varintsOf(new ByteReader(reader.block())),
    open: reader.block(),
    totals: reader.block(),
    ring: new ByteReader(reader.block()),
  };
}

function* varintsOf(reader: ByteReader): Generator<number> {
  while (!reader.isAtEnd) yield reader.varint();
}
