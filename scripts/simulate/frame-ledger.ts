// What one reader received, by the numbers in the event ids: `<format><generation>.<epoch>-<n>`, n from 0 without a hole.
// A reader that comes back says after which id, so a frame before it is a duplicate and one further on leaves a gap.

const NUMBER = /^[ct][a-z2-7]{16}\.\d+-(\d+)$/;

export class FrameLedger {
  lastId: string | null = null;
  frames = 0;
  missing = 0;
  duplicates = 0;
  #last = -1;

  /** @param id - null: an answer without a log, whose frames cannot be counted */
  receive(id: string | null): void {
    this.frames += 1;
    const number = NUMBER.exec(id ?? '')?.[1];
    if (number === undefined) return;
    const n = Number(number);
    if (n <= this.#last) {
      this.duplicates += 1;
      return;
    }
    this.missing += n - this.#last - 1;
    this.#last = n;
    this.lastId = id;
  }
}
