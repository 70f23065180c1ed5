// The newest records, for the table of streams. Bounded in number and bytes; a record is found by its id.
// Invariant: `seq` rises with every record and is never given twice, also not after a crash.

import type { GenerationOutcome, GenerationRecord } from '../../protocol/generation-record.ts';
import type { ByteReader } from './byte-reader.ts';
import type { ByteWriter } from './byte-writer.ts';
import { isIn } from './cell-key.ts';
import type { StatsFilter } from './stats-question.ts';

export type ListedRecord = GenerationRecord & { readonly seq: number };

export type StreamsQuestion = {
  readonly limit: number;
  /** Only those after this one: what is new. */
  readonly sinceSeq?: number;
  readonly filter: StatsFilter;
  /** Null: any. */
  readonly outcome: GenerationOutcome | null;
};

/** Newest first; `newestSeq` is of the newest record there is, 0 without any. */
export type StreamsPage = { readonly records: readonly ListedRecord[]; readonly newestSeq: number };

const MAX_RECORDS = 1_000;

/** Of about a kilobyte each. With the rollups beside them they are one row, which the platform bounds at 2 MB. */
const MAX_BYTES = 1_000_000;

/** More than come between two flushes: those were lost in a crash, and somebody may have seen their numbers. */
const MAX_LOST = 1_000_000;

/** Encoded once: it is written again with every flush. */
type Entry = { readonly record: ListedRecord; readonly json: Uint8Array };

export class StreamRing {
  readonly #entries = new Map<string, Entry>();
  #bytes = 0;
  #newestSeq = 0;

  /** @param written - by `write`, before a restart */
  constructor(written: ByteReader) {
    while (!written.isAtEnd) {
      const json = written.block();
      const record = JSON.parse(new TextDecoder().decode(json)) as ListedRecord; // written by #put
      this.#newestSeq = record.seq + MAX_LOST;
      this.#put(record);
    }
  }

  add(record: GenerationRecord): void {
    this.#put({ ...record, seq: ++this.#newestSeq });
    for (const [id, { json }] of this.#entries) {
      if (this.#entries.size <= MAX_RECORDS && this.#bytes <= MAX_BYTES) return;
      this.#entries.delete(id);
      this.#bytes -= json.length;
    }
  }

  find(id: string): ListedRecord | null {
    return this.#entries.get(id)?.record ?? null;
  }

  /** The record keeps its place. */
  replace(record: ListedRecord): void {
    this.#bytes -= this.#entries.get(record.id)?.json.length ?? 0;
    this.#put(record);
  }

  page(question: StreamsQuestion): StreamsPage {
    const { limit, sinceSeq = 0 } = question;
    const records: ListedRecord[] = [];
    for (const { record } of [...this.#entries.values()].reverse()) {
      if (records.length >= limit || record.seq <= sinceSeq) break;
      if (isAsked(record, question)) records.push(record);
    }
    return { records, newestSeq: this.#newestSeq };
  }

  write(writer: ByteWriter): void {
    for (const { json } of this.#entries.values()) writer.block(json);
  }

  #put(record: ListedRecord): void {
    const json = new TextEncoder().encode(JSON.stringify(record));
    this.#entries.set(record.id, { record, json });
    this.#bytes += json.length;
  }
}

function isAsked(record: ListedRecord, { filter, outcome }: StreamsQuestion): boolean {
  return (outcome ?? record.outcome) === record.outcome && isIn(filter, record);
}
