// Upstream text → the data of its server-sent events, for every provider that streams SSE.
// Invariant: never holds more than one event of the allowed size, and what it reports does not depend on how the
// text was split. It does not know what the data means.
// A body that is JSON and no stream at all is one piece of data: so come errors under a status of 200, and whole answers.

import { createParser, type EventSourceParser } from 'eventsource-parser';

/** The parser also counts the field name of an unfinished line: room for `data: ` and a line end. */
const FIELD_ROOM = 8;

export class SseLines {
  readonly #parser: EventSourceParser;
  readonly #maxUnits: number;
  #onData: (data: string) => void = () => undefined;
  #overflowed = false;
  #hasBegun = false;
  /** A body of JSON; null for a stream of events. */
  #body: string | null = null;

  /** `maxUnits`: longest event data, in UTF-16 units (for ASCII: bytes). */
  constructor(maxUnits: number) {
    this.#maxUnits = maxUnits;
    this.#parser = createParser({
      maxBufferSize: maxUnits + FIELD_ROOM,
      onEvent: ({ data }) => this.#take(data),
      onError: (error) => {
        // Unknown fields are legal in SSE and ignored; only the bound matters.
        if (error.type === 'max-buffer-size-exceeded') this.#overflowed = true;
      },
    });
  }

  /** Calls `onData` for each complete event; false once an event was too long (nothing may be fed afterwards). */
  feed(text: string, onData: (data: string) => void): boolean {
    const begun = this.#hasBegun ? text : this.#begin(text);
    this.#onData = onData;
    if (this.#body === null) this.#parser.feed(begun);
    else if (this.#body.length + begun.length > this.#maxUnits) this.#overflowed = true;
    else this.#body += begun;
    return !this.#overflowed;
  }

  /** The body closed: an event that only lacks its blank line is complete too. */
  close(onData: (data: string) => void): boolean {
    if (this.#body !== null) {
      onData(this.#body);
      return true;
    }
    // Three line ends: the first may complete a CRLF, the next ends the line, the last the event.
    return this.feed('\n\n\n', onData);
  }

  /** No field of an event begins like JSON. */
  #begin(text: string): string {
    const start = text.trimStart();
    this.#hasBegun = start !== '';
    if (/^[[{]/.test(start)) this.#body = '';
    return start;
  }

  /** Empty data is a sign of life. */
  #take(data: string): void {
    if (data.trim() === '') return;
    if (data.length > this.#maxUnits) this.#overflowed = true;
    else if (!this.#overflowed) this.#onData(data);
  }
}
