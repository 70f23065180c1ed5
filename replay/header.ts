// The one row that says what a generation is: its facts, where each epoch starts, and how it ended.

import type { Delivery } from '../protocol/generation-record.ts';
import type { GenerationFacts } from '../protocol/projection.ts';

export type LogHeader = {
  readonly facts: GenerationFacts;
  /** Owner; checked on every access. */
  readonly tenant: string;
  /** `epochStarts[e - 1]` is the first sequence number of epoch e; never decreasing. */
  readonly epochStarts: readonly number[];
  /** Number of events and Unix ms of the terminal; null while the generation runs. */
  readonly finished: { readonly end: number; readonly atMs: number } | null;
  /** The conversation's name as the client knows it; '' when it did not survive. */
  readonly conversation: string;
  /** What recovery needs: whose lease to release. */
  readonly tenantObject: string;
  /** How long the log is kept after its end. */
  readonly retentionMs: number;
  /** What a restart needs to go on with the answer, opaque here; null once it ended, and when it may not go on. */
  readonly unfinished: object | null;
  /** Who read it, the latest last; left out while nobody has left. */
  readonly deliveries?: readonly Delivery[];
  /** What the record of a log needs that a restart has cut, opaque here; left out when none is made. */
  readonly recorded?: object;
};

/**
 * UTF-16 units of the one row: at worst three bytes each, below SQLite's 2 MB. A longer request is not kept, so its answer
 * is interrupted by a restart.
 */
const MAX_HEADER_UNITS = 512 * 1024;

export function encodeHeader(header: LogHeader): string {
  const text = JSON.stringify(header);
  return text.length <= MAX_HEADER_UNITS ? text : JSON.stringify({ ...header, unfinished: null });
}

export function decodeHeader(body: string): LogHeader {
  return JSON.parse(body) as LogHeader; // only encodeHeader writes this row
}

/** When a log may be deleted (Unix ms); null while it runs. Counted from its END: from its start a long answer would be deleted early. */
export function expiresAtMs(header: LogHeader): number | null {
  return header.finished === null ? null : header.finished.atMs + header.retentionMs;
}

export function isExpired(header: LogHeader, nowMs: number): boolean {
  const atMs = expiresAtMs(header);
  return atMs !== null && nowMs >= atMs;
}
