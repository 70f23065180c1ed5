// Decoder of an answer that is nothing but its text. Its only sign of completeness is that the body was closed as HTTP
// closes one; a connection that broke is a cut. A proxy that closes a cut body cleanly cannot be told from the end.

import type { DecodedEvent } from '../../protocol/upstream-event.ts';
import type { UpstreamDecoder } from '../provider.ts';

export class PlainTextDecoder implements UpstreamDecoder {
  #isEmpty = true;
  #ended = false;

  push(text: string): readonly DecodedEvent[] {
    if (text === '' || this.#ended) return [];
    this.#isEmpty = false;
    return [{ type: 'text_delta', text }];
  }

  /** `wasCut`: the connection broke before the body's own end. */
  close(_nowMs: number, wasCut = false): readonly DecodedEvent[] {
    if (this.#ended) return [];
    this.#ended = true;
    // Nothing at all is no answer: nobody can say that it is whole.
    if (wasCut || this.#isEmpty) return [{ type: 'failure', code: 'upstream_failed' }];
    return [{ type: 'finish', reason: 'stop', usage: null }];
  }
}
