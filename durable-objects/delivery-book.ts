// Who read a log, from where to where: for the operator who asks what a client got. Bounded; times are milliseconds after
// the stream's start.

import type { Delivery } from '../protocol/generation-record.ts';
import type { Follower } from '../replay/follower.ts';

/** A client on a bad line reconnects some ten times; of more, the first and the latest tell what happened. */
const MAX_DELIVERIES = 24;

type Open = { readonly opened: Delivery; readonly follower: Follower };

export class DeliveryBook {
  readonly #startedMs: number;
  #closed: Delivery[];
  readonly #open = new Set<Open>();
  #reconnects = 0;
  #most = 0;

  /** @param startedMs - of the stream, Unix ms */
  constructor(startedMs: number, earlier: readonly Delivery[]) {
    this.#startedMs = startedMs;
    this.#closed = [...earlier];
  }

  /** Connections that went on after a cursor. */
  get reconnects(): number {
    return this.#reconnects;
  }

  /** The most at once. */
  get most(): number {
    return this.#most;
  }

  /** The returned function ends it; calls after the first change nothing. */
  open(kind: Delivery['kind'], follower: Follower, nowMs: number): (nowMs: number) => void {
    const at = follower.position;
    const openedMs = this.#after(nowMs);
    const open: Open = { opened: { kind, openedMs, closedMs: null, fromSeq: at, toSeq: at }, follower };
    this.#open.add(open);
    this.#most = Math.max(this.#most, this.#open.size);
    if (kind === 'resumed') this.#reconnects++;
    return (closedMs) => {
      if (!this.#open.delete(open)) return;
      this.#keep({ ...open.opened, closedMs: this.#after(closedMs), toSeq: follower.position });
    };
  }

  all(): readonly Delivery[] {
    const running = [...this.#open].map(({ opened, follower }) => ({ ...opened, toSeq: follower.position }));
    const all = [...this.#closed, ...running];
    return all.length > MAX_DELIVERIES ? [...all.slice(0, 1), ...all.slice(1 - MAX_DELIVERIES)] : all;
  }

  /** Polls of one client come one after the other: they are one delivery as long as nothing is left out. */
  #keep(delivery: Delivery): void {
    const last = this.#closed.at(-1);
    if (delivery.kind === 'poll' && last?.kind === 'poll' && last.toSeq === delivery.fromSeq)
      this.#closed[this.#closed.length - 1] = { ...delivery, openedMs: last.openedMs, fromSeq: last.fromSeq };
    else this.#closed.push(delivery);
    if (this.#closed.length > MAX_DELIVERIES) this.#closed.splice(1, 1);
  }

  #after(nowMs: number): number {
    return Math.max(0, nowMs - this.#startedMs);
  }
}
