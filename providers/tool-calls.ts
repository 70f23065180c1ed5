// Tool calls of one answer, put in order. Upstreams number their calls badly: no index, index 0 for every call,
// the id repeated on each piece, the name late. Invariant: each call gets one dense index, starts once with an id
// and a name, and ends once.

import type { ContentEvent } from '../protocol/events.ts';

/** One piece of a call as the upstream sent it; '' = not sent. */
export type ToolCallPiece = {
  readonly index: number | null;
  readonly id: string;
  readonly name: string;
  readonly args: string;
};

type OpenCall = {
  readonly index: number;
  id: string;
  name: string;
  /** Arguments that came before the name; given with the start. */
  heldArgs: string;
  started: boolean;
  readonly firstMs: number;
  lastMs: number;
};

/** More calls in one answer than any model makes on purpose; bounds what a broken upstream can make us hold. */
const MAX_CALLS = 128;

/** Characters of an id or a name. Proxies hide kilobytes of state in ids; both are stored in one row, not split like text. */
const MAX_WORD_UNITS = 16 * 1024;

/** UTF-16 units of arguments held for names that are late, of all calls: nothing else counts them until a call starts. */
const MAX_HELD_UNITS = 256 * 1024;

export class ToolCalls {
  readonly #calls: OpenCall[] = [];
  /** Upstream index → the call it means now. */
  readonly #byUpstreamIndex = new Map<number, OpenCall>();

  #heldUnits = 0;

  get count(): number {
    return this.#calls.length;
  }

  /** Appends what the piece means to `events`; false when there are too many calls or one is too large to be held. */
  take(piece: ToolCallPiece, nowMs: number, events: ContentEvent[]): boolean {
    if (piece.id.length > MAX_WORD_UNITS || piece.name.length > MAX_WORD_UNITS) return false;
    const call = this.#callOf(piece, nowMs);
    if (call === null) return false;
    call.lastMs = nowMs;
    if (call.started) {
      if (piece.args !== '') events.push({ type: 'tool_delta', index: call.index, args: piece.args });
      return true;
    }
    call.id ||= piece.id;
    call.name ||= piece.name;
    call.heldArgs += piece.args;
    if (call.name === '') {
      this.#heldUnits += piece.args.length;
      return this.#heldUnits <= MAX_HELD_UNITS;
    }
    call.started = true;
    // A client needs an id to send the result back, and two calls with the same one would share a result. Some upstreams
    // give none, or the same to all. Time keeps it apart from other turns.
    const isTaken = this.#calls.some((other) => other.index < call.index && other.id === call.id);
    const id = call.id === '' || isTaken ? `call_${call.firstMs.toString(36)}_${call.index}` : call.id;
    const { index, name: tool, heldArgs: args } = call;
    events.push({ type: 'tool_start', index, id, tool, args, status: 'executing' });
    return true;
  }

  /** Appends the ends of all calls; false when one never told its name, so that no client could run it. */
  end(events: ContentEvent[]): boolean {
    for (const call of this.#calls) {
      if (!call.started) return false;
      const duration_ms = call.lastMs - call.firstMs;
      events.push({ type: 'tool_end', index: call.index, result: null, duration_ms });
    }
    return true;
  }

  #callOf(piece: ToolCallPiece, nowMs: number): OpenCall | null {
    const known = this.#knownCall(piece);
    if (known !== undefined) return known;
    if (this.#calls.length >= MAX_CALLS) return null;
    const index = this.#calls.length;
    const { id, name } = piece;
    const call: OpenCall = { index, id, name, heldArgs: '', started: false, firstMs: nowMs, lastMs: nowMs };
    this.#calls.push(call);
    if (piece.index !== null) this.#byUpstreamIndex.set(piece.index, call);
    return call;
  }

  #knownCall(piece: ToolCallPiece): OpenCall | undefined {
    if (piece.index === null) return this.#withoutIndex(piece);
    const call = this.#byUpstreamIndex.get(piece.index);
    if (call === undefined) return undefined;
    // The same index with another id and a name is the next call of a server that always says 0.
    const isNext = piece.name !== '' && piece.id !== '' && call.id !== '' && piece.id !== call.id;
    return isNext ? undefined : call;
  }

  #withoutIndex(piece: ToolCallPiece): OpenCall | undefined {
    if (piece.id !== '') return this.#calls.find((call) => call.id === piece.id);
    return piece.name === '' ? this.#calls.at(-1) : undefined;
  }
}
