// Decoder of Gemini's stream. Invariant: its sign of completeness is a `finishReason` (or a `blockReason`, for a prompt
// that gets no answer). There is no closing event, and usage may come after the reason: the end is told at the close.

import { isJsonObject } from '../../protocol/json.ts';
import type { DecodedEvent } from '../../protocol/upstream-event.ts';
import { ChatAnswer } from '../chat-answer.ts';
import type { UpstreamDecoder } from '../provider.ts';
import { SseLines } from '../sse-lines.ts';
import { SIGNATURE_FORMAT } from './contents.ts';
import { readChunk } from './read-chunk.ts';

export class GeminiDecoder implements UpstreamDecoder {
  readonly #lines: SseLines;
  readonly #answer = new ChatAnswer();
  #events: DecodedEvent[] = [];

  constructor(maxEventBytes: number) {
    this.#lines = new SseLines(maxEventBytes);
  }

  push(text: string, nowMs: number): readonly DecodedEvent[] {
    if (this.#answer.ended) return [];
    this.#answer.setNow(nowMs);
    if (!this.#lines.feed(text, this.#onData)) this.#answer.fail('upstream_malformed');
    return this.#drain();
  }

  close(nowMs: number): readonly DecodedEvent[] {
    if (this.#answer.ended) return [];
    this.#answer.setNow(nowMs);
    // What is left is usually torn in the middle: that is a cut, not bad JSON.
    this.#lines.close((data) => void this.#read(data));
    if (this.#answer.finished) this.#answer.done();
    this.#answer.fail('upstream_failed');
    return this.#drain();
  }

  readonly #onData = (data: string): void => {
    if (!this.#read(data)) this.#answer.fail('upstream_malformed');
  };

  /** One chunk, or a list of them, from a server that knows no `alt=sse`; false when it is neither. */
  #read(data: string): boolean {
    if (this.#answer.ended) return true;
    let value: unknown;
    try {
      value = JSON.parse(data);
    } catch {
      return false; // the caller knows whether it is a cut or bad JSON
    }
    const chunks: readonly unknown[] = Array.isArray(value) ? value : [value];
    for (const chunk of chunks) {
      if (!isJsonObject(chunk)) return false;
      if (!this.#answer.ended) readChunk(chunk, this.#answer, this.#onSignature);
    }
    return true;
  }

  /** Emitted after what it signs: a call is known by the id that its start got. */
  readonly #onSignature = (data: string, ofCall: boolean): void => {
    // One by one: an event may hold more parts than a call takes arguments.
    for (const event of this.#answer.drain()) this.#events.push(event);
    const start = ofCall ? this.#events.findLast((event) => event.type === 'tool_start') : undefined;
    const id = start?.id ?? '';
    this.#answer.thinkingPart({ type: 'reasoning.encrypted', format: SIGNATURE_FORMAT, id, data });
  };

  #drain(): readonly DecodedEvent[] {
    const events = [...this.#events, ...this.#answer.drain()];
    this.#events = [];
    return events;
  }
}
