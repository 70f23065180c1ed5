// Lines at the pace of a model, as a byte stream (only those cross a service binding).
// Invariant: pull-based. A reader that stops reading stops the clock's work, and after a cancel no timer runs.

export type Pace = {
  /** Milliseconds from the call to the first line. */
  readonly firstMs: number;
  /** Milliseconds between lines. */
  readonly gapMs: number;
};

/**
 * The pace for a deployment's `EDGEWAYS_STANDIN_SPEED`: how many times faster than plausible; anything that is
 * not a positive number is 1.
 */
export function pacedBy(pace: Pace, speedText: string | undefined): Pace {
  const speed = Number(speedText);
  if (!Number.isFinite(speed) || speed <= 0) return pace;
  return { firstMs: pace.firstMs / speed, gapMs: pace.gapMs / speed };
}

const UTF8 = new TextEncoder();

/**
 * `lines`: one per token; `last` follows the last line at once (an upstream's finish, usage and `[DONE]`).
 * @param cutAfter - the stream breaks after so many lines, in any case before `last`; null = it does not
 */
export function pacedStream(
  lines: readonly string[],
  last: string,
  pace: Pace,
  cutAfter: number | null = null,
): ReadableStream<Uint8Array> {
  const startMs = Date.now();
  const pause = new Pause();
  let at = 0;
  return new ReadableStream({
    type: 'bytes',
    pull: async (controller) => {
      const line = lines[at];
      // A reader that was slow gets the overdue lines at once, as from a server's socket buffer.
      if (line !== undefined) await pause.until(startMs + pace.firstMs + at * pace.gapMs);
      if (pause.cancelled) return;
      if (cutAfter !== null && (line === undefined || at >= cutAfter)) {
        // Without its end it is a loss like any other, and unlike an error it leaves no trace on the console.
        controller.close();
        return;
      }
      at += 1;
      controller.enqueue(UTF8.encode(line ?? last));
      if (line === undefined) controller.close();
    },
    cancel: () => pause.cancel(),
  });
}

/** Waits that end early when nobody wants the result any more. */
export class Pause {
  #timer: ReturnType<typeof setTimeout> | null = null;
  #wake: (() => void) | null = null;
  cancelled = false;

  until(dueMs: number): Promise<void> {
    const waitMs = dueMs - Date.now();
    if (waitMs <= 0 || this.cancelled) return Promise.resolve();
    return new Promise((resolve) => {
      this.#wake = resolve;
      this.#timer = setTimeout(resolve, waitMs);
    });
  }

  cancel(): void {
    this.cancelled = true;
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#wake?.();
  }
}
