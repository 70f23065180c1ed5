// One simulated client: a tab that follows a generation in one format, is cut, comes back with the cursor it
// has, and applies what arrives. It knows the truth, and throws at the first byte that contradicts it.

import type { Follower } from '../../replay/follower.ts';
import type { FormatLetter } from '../../protocol/cursor.ts';
import { Connection } from './replay-connection.ts';
import type { LiveGeneration } from './replay-generation.ts';
import type { Random } from './replay-random.ts';
import { createReader, type Delivered, type ReaderKind, type StreamReader } from './replay-reader.ts';
import type { TrueFrame } from './replay-truth.ts';

export type ClientKind = ReaderKind | 'poll';

/** Why a client asks no more. */
export type Closed = 'terminal' | 'no_content' | 'cursor_lost' | 'expired';

export class SimulatedClient {
  readonly name: string;
  readonly kind: ClientKind;
  readonly format: FormatLetter;
  readonly generation: LiveGeneration;
  readonly #random: Random;
  readonly #pollUnits: number;
  #applied: TrueFrame[] = [];
  #cursor: string | null = null;
  #connection: Connection | null = null;
  #reader: StreamReader | null = null;
  #expectedReset: { readonly truncateTo: number; readonly text: string } | null = null;
  closed: Closed | null = null;
  /** Requests sent when this client had everything already. */
  idleRequests = 0;

  constructor(
    name: string,
    kind: ClientKind,
    format: FormatLetter,
    at: { generation: LiveGeneration; random: Random },
  ) {
    this.name = name;
    this.kind = kind;
    this.format = format;
    this.generation = at.generation;
    this.#random = at.random;
    this.#pollUnits = at.random.pick([1, 100, 2000]);
  }

  get connected(): boolean {
    return this.#connection !== null;
  }

  /** Asks for the stream after its cursor; `poll` clients ask for one answer. */
  connect(): void {
    if (this.closed !== null || this.connected || this.generation.log === null) return;
    if (this.generation.gone) {
      this.closed = 'expired';
      return;
    }
    const truth = this.generation.truth;
    if (truth.ended && this.#applied.at(-1) === truth.frames(this.format).at(-1)) this.idleRequests++;
    const follower = this.generation.follower(this.format);
    if (!this.#place(follower)) return;
    if (this.kind === 'poll') this.#poll(follower);
    else this.#open(follower);
  }

  /** Forgets everything after a random frame it has, as a tab does that was restored from an older page. */
  rewind(): void {
    if (this.connected || this.closed !== null) return;
    this.#applied.length = this.#random.below(this.#applied.length + 1);
    this.#cursor = this.#applied.at(-1)?.id ?? null;
  }

  /** Lets up to `bytes` bytes arrive; returns false when there is nothing to receive now. */
  async pump(bytes: number): Promise<boolean> {
    const connection = this.#connection;
    if (connection === null) return false;
    await connection.fill();
    const piece = connection.take(bytes);
    if (piece !== null) this.#reader?.feed(piece);
    if (connection.ended && connection.drained) this.#bodyEnded();
    return piece !== null;
  }

  heartbeat(): void {
    this.#connection?.wake('heartbeat');
  }

  /** The connection breaks; up to `inFlight` bytes that were on the way still arrive. */
  cut(inFlight: number): void {
    const connection = this.#connection;
    if (connection === null) return;
    const piece = connection.take(inFlight);
    if (piece !== null) this.#reader?.feed(piece);
    // The one byte that no order of fields protects for an eager reader: between the id line and its blank line.
    if (this.kind === 'eager' && connection.betweenIdAndEnd)
      this.#reader?.feed(connection.take(1) ?? new Uint8Array());
    this.#leave();
  }

  /** Throws unless this client is closed and has the whole truth, or was told that it cannot have it. */
  assertComplete(): void {
    if (this.closed === null) this.#fail('is still waiting after the end');
    if (this.closed === 'cursor_lost' || this.closed === 'expired') return;
    const truth = this.generation.truth.frames(this.format);
    if (this.#applied.length !== truth.length)
      this.#fail(`has ${this.#applied.length} of ${truth.length} frames`);
    truth.forEach((frame, n) => {
      if (this.#applied[n]?.id !== frame.id || this.#applied[n]?.data !== frame.data) {
        this.#fail(`has another frame ${n} than the log`);
      }
    });
    if (this.idleRequests > 1) this.#fail(`asked ${this.idleRequests} times after it had everything`);
  }

  /** Compares the answer to this client's cursor with the truth; false when there is nothing to follow. */
  #place(follower: Follower): boolean {
    const truth = this.generation.truth;
    const answered = follower.seek(this.#cursor);
    const outcome = answered.ok ? answered.value : answered.refusal.reason;
    const expected =
      this.#cursor === null ? { type: 'ready' as const } : truth.answer(this.#cursor, this.format);
    const wanted = expected.type === 'reset' ? 'ready' : expected.type;
    if (outcome !== wanted) this.#fail(`cursor ${this.#cursor} was answered ${outcome}, not ${wanted}`);
    this.#expectedReset = expected.type === 'reset' ? expected : null;
    const lost = expected.type === 'reset' || expected.type === 'cursor_lost';
    if (lost && truth.durability === 'strict') this.#fail('lost events of a strict log');
    if (outcome === 'ready') return true;
    if (outcome === 'at_end') this.closed = 'no_content';
    else if (outcome === 'cursor_lost') this.closed = 'cursor_lost';
    else this.#fail(`has a cursor that is refused: ${outcome}`);
    return false;
  }

  #open(follower: Follower): void {
    const maxUnits = this.#random.chance(0.5) ? null : this.#random.between(1, 400);
    this.#connection = new Connection(follower, this.generation, maxUnits);
    this.#reader = createReader(this.kind === 'eager' ? 'eager' : 'event_source', {
      onDelivered: (message) => this.#apply(message),
      onCursor: (id) => {
        this.#cursor = id;
      },
    });
  }

  #poll(follower: Follower): void {
    for (const { id, frame } of follower.take(this.#pollUnits)) {
      this.#apply({ id, event: frame.event, data: frame.data });
      this.#cursor = id ?? this.#cursor;
    }
    if (follower.finished) this.closed = 'terminal';
  }

  #apply(message: Delivered): void {
    if (message.id === null) {
      this.#reset(message);
      return;
    }
    if (this.#expectedReset !== null) this.#fail(`got ${message.id} where a reset was due`);
    const n = this.#applied.length;
    const truth = this.generation.truth;
    const expected = truth.frames(this.format)[n];
    if (expected === undefined) this.#fail(`got ${message.id} after the last frame`);
    if (message.id !== expected.id) this.#fail(`got ${message.id} where ${expected.id} was due`);
    if (message.data !== expected.data) this.#fail(`got other bytes for ${message.id}: ${message.data}`);
    if (message.event !== expected.event) this.#fail(`got the event name ${message.event} for ${message.id}`);
    if (n >= truth.visibleFrames(this.format)) this.#fail(`saw ${message.id} before it may be seen`);
    this.#applied.push(expected);
  }

  #reset(message: Delivered): void {
    const expected = this.#expectedReset;
    if (message.data === '') this.#fail('got an empty message');
    if (message.event !== 'reset' || expected === null)
      this.#fail(`got a message without an id: ${message.data}`);
    const { truncate_to, text } = JSON.parse(message.data) as { truncate_to: number; text: string };
    if (truncate_to !== expected.truncateTo || text !== expected.text)
      this.#fail(`got a wrong reset: ${message.data}`);
    if (this.#applied.length <= truncate_to) this.#fail('was told to keep frames it never had');
    this.#applied.length = truncate_to + 1;
    this.#expectedReset = null;
  }

  #bodyEnded(): void {
    this.#leave();
    const truth = this.generation.truth;
    const complete = truth.ended && this.#applied.length === truth.frames(this.format).length;
    if (!complete) this.#fail('saw a clean end without the terminal frame');
    // An EventSource asks again after every end; only 204 stops it.
    if (this.kind === 'eager') this.closed = 'terminal';
  }

  #leave(): void {
    this.#connection?.close();
    this.#connection = null;
    this.#reader = null;
  }

  #fail(what: string): never {
    throw new Error(`client ${this.name} ${what}`);
  }
}
