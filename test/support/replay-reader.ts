// How real clients read an event stream, byte by byte: what becomes of their cursor when they are cut.
// `event_source` follows the standard (npm eventsource-parser): the cursor moves when an event is dispatched.
// `eager` behaves as fetch-event-source does: the cursor moves with the `id` line, and every blank line
// delivers a message, even one without data.

import { createParser } from 'eventsource-parser';

export type ReaderKind = 'event_source' | 'eager';

export type Delivered = {
  readonly id: string | null;
  readonly event: string | undefined;
  readonly data: string;
};

export interface StreamReader {
  feed(bytes: Uint8Array): void;
}

export type ReaderPorts = {
  readonly onDelivered: (message: Delivered) => void;
  readonly onCursor: (id: string) => void;
};

export function createReader(kind: ReaderKind, ports: ReaderPorts): StreamReader {
  return kind === 'eager' ? new EagerReader(ports) : new StandardReader(ports);
}

class StandardReader implements StreamReader {
  readonly #decoder = new TextDecoder();
  readonly #parser;

  constructor(ports: ReaderPorts) {
    this.#parser = createParser({
      onEvent: ({ id, event, data }) => {
        if (id !== undefined) ports.onCursor(id);
        ports.onDelivered({ id: id ?? null, event, data });
      },
      onError: (error) => {
        throw error;
      },
    });
  }

  feed(bytes: Uint8Array): void {
    this.#parser.feed(this.#decoder.decode(bytes, { stream: true }));
  }
}

class EagerReader implements StreamReader {
  readonly #decoder = new TextDecoder();
  readonly #ports: ReaderPorts;
  #line = '';
  #fields: { id: string | null; event: string | undefined; data: string } = {
    id: null,
    event: undefined,
    data: '',
  };

  constructor(ports: ReaderPorts) {
    this.#ports = ports;
  }

  feed(bytes: Uint8Array): void {
    const lines = (this.#line + this.#decoder.decode(bytes, { stream: true })).split(/\r\n|\r|\n/);
    this.#line = lines.pop() ?? '';
    for (const line of lines) this.#takeLine(line);
  }

  #takeLine(line: string): void {
    if (line === '') {
      const message = this.#fields;
      this.#fields = { id: null, event: undefined, data: '' };
      this.#ports.onDelivered(message);
      return;
    }
    const colon = line.indexOf(':');
    const value = line.slice(colon + 1).replace(/^ /, '');
    const field = line.slice(0, colon);
    if (field === 'event') this.#fields.event = value;
    if (field === 'data') this.#fields.data += value;
    if (field !== 'id') return;
    this.#fields.id = value;
    this.#ports.onCursor(value);
  }
}
