// Decoder of an SSE body in OpenAI's chat dialect; what one event's JSON means is given from outside.
// Runs once per token of every stream: no promise, one parse, one array per push.

import type { JsonObject } from '../protocol/json.ts';
import type { DecodedEvent } from '../protocol/upstream-event.ts';
import { ChatAnswer } from './chat-answer.ts';
import { parseObject } from './json-fields.ts';
import type { UpstreamDecoder } from './provider.ts';
import { SseLines } from './sse-lines.ts';

export type ReadChunk = (chunk: JsonObject, answer: ChatAnswer) => void;

const NOTHING: readonly DecodedEvent[] = [];

export class ChatDecoder implements UpstreamDecoder {
  readonly #lines: SseLines;
  readonly #answer: ChatAnswer;
  readonly #readChunk: ReadChunk;

  constructor(maxEventBytes: number, readChunk: ReadChunk, answer = new ChatAnswer()) {
    this.#answer = answer;
    this.#lines = new SseLines(maxEventBytes);
    this.#readChunk = readChunk;
  }

  push(text: string, nowMs: number): readonly DecodedEvent[] {
    if (this.#answer.ended) return NOTHING;
    this.#answer.setNow(nowMs);
    if (!this.#lines.feed(text, this.#onData)) this.#answer.fail('upstream_malformed');
    return this.#answer.drain();
  }

  close(nowMs: number): readonly DecodedEvent[] {
    if (this.#answer.ended) return NOTHING;
    this.#answer.setNow(nowMs);
    this.#lines.close(this.#onLastData);
    if (this.#answer.finished) this.#answer.done();
    this.#answer.fail('upstream_failed');
    return this.#answer.drain();
  }

  readonly #onData = (data: string): void => {
    if (!this.#read(data)) this.#answer.fail('upstream_malformed');
  };

  /** What stood in the buffer at the close is usually torn in the middle: that is a cut, not bad JSON. */
  readonly #onLastData = (data: string): void => void this.#read(data);

  #read(data: string): boolean {
    if (this.#answer.ended) return true;
    // No object begins so; some servers end the line with a space.
    if (data.startsWith('[DONE]')) {
      this.#answer.done();
      return true;
    }
    const chunk = parseObject(data);
    if (chunk === null) return false;
    this.#readChunk(chunk, this.#answer);
    return true;
  }
}
