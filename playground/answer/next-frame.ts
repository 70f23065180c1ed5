// Batches what many events change into one drawing per animation frame. A hidden tab has no frames: there a timer does, so
// that it goes on reading and is up to date when somebody looks.

/** Often enough for a screen reader in a hidden window, seldom enough to cost nothing. */
const HIDDEN_MS = 250;

export class NextFrame {
  readonly #draw: () => void;
  readonly #painted: () => void;
  #isPlanned = false;

  /** @param painted - called in the first task after the frame with that drawing was painted, never for hidden tabs */
  constructor(draw: () => void, painted: () => void) {
    this.#draw = draw;
    this.#painted = painted;
  }

  plan(): void {
    if (this.#isPlanned) return;
    this.#isPlanned = true;
    if (document.hidden) setTimeout(() => this.#run(), HIDDEN_MS);
    else requestAnimationFrame(() => this.#runThenTell());
  }

  #runThenTell(): void {
    this.#run();
    // A message is a task of its own, and the browser paints before it.
    const { port1, port2 } = new MessageChannel();
    port1.addEventListener('message', () => {
      port1.close();
      this.#painted();
    });
    port1.start();
    port2.postMessage(null);
  }

  #run(): void {
    this.#isPlanned = false;
    this.#draw();
  }
}
