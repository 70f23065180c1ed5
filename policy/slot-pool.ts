// Row numbers for the lease table: the smallest number of distinct ones that were ever needed at once.
// Invariant: a slot is handed out to one holder at a time.

export class SlotPool {
  readonly #free: number[] = [];
  #next = 0;

  /** @param used - slots that have a holder already */
  constructor(used: ReadonlySet<number>) {
    for (const slot of used) this.#next = Math.max(this.#next, slot + 1);
    for (let slot = 0; slot < this.#next; slot += 1) if (!used.has(slot)) this.#free.push(slot);
  }

  take(): number {
    const slot = this.#free.pop();
    if (slot !== undefined) return slot;
    this.#next += 1;
    return this.#next - 1;
  }

  giveBack(slot: number): void {
    this.#free.push(slot);
  }
}
