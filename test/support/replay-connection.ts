// One response body on its way to a client: pulled only when everything before it was received, as a
// stream without a queue is. It waits for changes and heartbeats like the real one.

import type { Follower } from '../../replay/follower.ts';
import type { LiveGeneration } from './replay-generation.ts';

const UTF8 = new TextEncoder();
const LINE_FEED = 10;
/** Microtasks a pull takes at most, with room. */
const MAX_TICKS = 20;

export class Connection {
  readonly #follower: Follower;
  readonly #generation: LiveGeneration;
  /** Null: through the real read loop; else frames are read in pieces of about this many units. */
  readonly #maxUnits: number | null;
  #chunk: Uint8Array = new Uint8Array();
  #offset = 0;
  #pulling = false;
  #failure: unknown = null;
  #wake: ((why: 'changed' | 'heartbeat') => void) | null = null;
  #open = true;
  /** The body ended cleanly (its last bytes may still be on the way). */
  ended = false;

  constructor(follower: Follower, generation: LiveGeneration, maxUnits: number | null) {
    this.#follower = follower;
    this.#generation = generation;
    this.#maxUnits = maxUnits;
    generation.connections.add(this);
  }

  get drained(): boolean {
    return this.#offset === this.#chunk.length;
  }

  /** True when the last byte taken ended a line and the next one ends the event. */
  get betweenIdAndEnd(): boolean {
    return (
      this.#offset > 0 &&
      this.#chunk[this.#offset - 1] === LINE_FEED &&
      this.#chunk[this.#offset] === LINE_FEED
    );
  }

  /** Asks the body for more when everything it gave was received. */
  async fill(): Promise<void> {
    if (this.drained && !this.ended && !this.#pulling) {
      this.#pulling = true;
      this.#pull().catch((error: unknown) => {
        this.#failure = error;
        this.#pulling = false;
      });
    }
    for (let tick = 0; this.#pulling && this.#wake === null; tick++) {
      if (tick > MAX_TICKS) throw new Error('a pull neither answers nor waits');
      await Promise.resolve();
    }
    if (this.#failure !== null) throw this.#failure;
  }

  /** Up to `bytes` bytes that have been sent; null when there are none. */
  take(bytes: number): Uint8Array | null {
    if (this.drained || bytes === 0) return null;
    const piece = this.#chunk.subarray(this.#offset, this.#offset + bytes);
    this.#offset += piece.length;
    return piece;
  }

  wake(why: 'changed' | 'heartbeat'): void {
    const wake = this.#wake;
    this.#wake = null;
    wake?.(why);
  }

  close(): void {
    this.#open = false;
    this.#generation.connections.delete(this);
  }

  async #pull(): Promise<void> {
    const text = await this.#next();
    this.#pulling = false;
    if (!this.#open) return;
    this.ended = text === null || this.#follower.finished;
    this.#chunk = UTF8.encode(text ?? '');
    this.#offset = 0;
    this.#generation.wire.saw(text ?? '');
  }

  async #next(): Promise<string | null> {
    if (this.#maxUnits === null) return this.#generation.core.nextChunk(this.#follower, this.#change);
    for (;;) {
      const text = this.#follower.read(this.#maxUnits);
      if (text !== '') return text;
      if (this.#follower.finished) return null;
      await this.#change();
    }
  }

  readonly #change = (): Promise<'changed' | 'heartbeat'> => {
    return new Promise((resolve) => {
      this.#wake = resolve;
    });
  };
}
