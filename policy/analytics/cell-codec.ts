// Cells as bytes: sums, named counts, then histograms, each with its length, so that a reader skips those it was not
// asked for. What another version of the code wrote reads as nothing.

import { lazy } from '../../protocol/lazy.ts';
import { ByteReader } from './byte-reader.ts';
import { ByteWriter } from './byte-writer.ts';
import { Cell, SUMS } from './cell.ts';
import { NameTable } from './name-table.ts';
import { HISTOGRAMS, type HistogramName } from './stats-question.ts';

/** Of everything that is stored. Sums and histograms may be appended to their lists without a new one. */
export const FORMAT = 1;

/** @param only - histograms that are written; all without it */
export function encodeCell(cell: Cell, only?: readonly HistogramName[]): Uint8Array<ArrayBuffer> {
  return encodeNamed((writer, names) => writeCell(writer, cell, names, only));
}

/**
 * @param only - histograms that are read; all without it
 * @param into - what is read is added to this cell
 */
export function decodeCell(bytes: Uint8Array, only?: readonly HistogramName[], into = new Cell()): Cell {
  decodeNamed(bytes, (reader, names) => readCell(reader, into, names, only));
  return into;
}

/** Cells are encoded in thousands, one after the other, and none while another is. */
const scratch = lazy(() => new ByteWriter());

/** What is written, with the names that were used meanwhile after it. */
export function encodeNamed(write: (body: ByteWriter, names: NameTable) => void): Uint8Array<ArrayBuffer> {
  const names = new NameTable();
  const writer = scratch()
    .clear()
    .varint(FORMAT)
    .nest((body) => write(body, names));
  return writer.text(names.text).bytes;
}

export function decodeNamed(bytes: Uint8Array, read: (body: ByteReader, names: NameTable) => void): void {
  const reader = new ByteReader(bytes);
  if (reader.varint() !== FORMAT) return;
  const body = new ByteReader(reader.block());
  read(body, new NameTable(reader.text()));
}

export function writeCell(
  writer: ByteWriter,
  cell: Cell,
  names: NameTable,
  only: readonly HistogramName[] = HISTOGRAMS,
): void {
  writer.varint(SUMS.length);
  for (const name of SUMS) writer.varint(cell.sums[name]);
  writer.counts(cell.buckets).varint(cell.names.size);
  for (const [name, { times }] of cell.names) writer.varint(names.refOf(name)).varint(times);
  for (const [at, name] of HISTOGRAMS.entries()) {
    const histogram = only.includes(name) ? cell.histograms.get(name) : undefined;
    if (histogram !== undefined) writer.varint(at).nest((body) => histogram.write(body));
  }
}

/** Adds what is read to the cell. */
export function readCell(
  reader: ByteReader,
  cell: Cell,
  names: NameTable,
  only: readonly HistogramName[] = HISTOGRAMS,
): void {
  const sums = reader.varint();
  for (let at = 0; at < sums; at++) {
    const value = reader.varint();
    const name = SUMS[at];
    if (name !== undefined) cell.sums[name] += value;
  }
  reader.counts((at, count) => cell.countBucket(at, count));
  for (let left = reader.varint(); left > 0; left--)
    cell.count(names.nameOf(reader.varint()), reader.varint());
  while (!reader.isAtEnd) {
    const name = HISTOGRAMS[reader.varint()];
    if (name === undefined || !only.includes(name)) reader.skip();
    else cell.histogram(name).read(new ByteReader(reader.block()));
  }
}
