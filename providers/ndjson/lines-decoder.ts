// Decoder of one JSON object a line, in the shape of Ollama's `/api/chat`. Invariant: `"done":true` is the sign of
// completeness; never more than one line of the allowed size is held.

import { isJsonObject, type JsonObject } from '../../protocol/json.ts';
import type { DecodedEvent } from '../../protocol/upstream-event.ts';
import { ChatAnswer } from '../chat-answer.ts';
import { readToolCall } from '../chat-chunk.ts';
import { arrayField, objectField, parseObject, readUsage, textField } from '../json-fields.ts';
import type { UpstreamDecoder } from '../provider.ts';
import { failureOfError } from '../upstream-failure.ts';

export class LinesDecoder implements UpstreamDecoder {
  readonly #maxUnits: number;
  readonly #answer = new ChatAnswer();
  #rest = '';

  constructor(maxEventBytes: number) {
    this.#maxUnits = maxEventBytes;
  }

  push(text: string, nowMs: number): readonly DecodedEvent[] {
    if (this.#answer.ended) return [];
    this.#answer.setNow(nowMs);
    const lines = text.split('\n');
    lines[0] = this.#rest + (lines[0] ?? '');
    this.#rest = lines.pop() ?? '';
    for (const line of lines) if (!this.#read(line)) this.#answer.fail('upstream_malformed');
    if (this.#isTooLong(this.#rest)) this.#answer.fail('upstream_malformed');
    return this.#answer.drain();
  }

  close(nowMs: number): readonly DecodedEvent[] {
    if (this.#answer.ended) return [];
    this.#answer.setNow(nowMs);
    // A line without its end is usually torn in the middle: that is a cut, not bad JSON.
    this.#read(this.#rest);
    this.#answer.fail('upstream_failed');
    return this.#answer.drain();
  }

  #read(line: string): boolean {
    if (line.trim() === '' || this.#answer.ended) return true;
    const chunk = this.#isTooLong(line) ? null : parseObject(line);
    if (chunk !== null) readLine(chunk, this.#answer);
    return chunk !== null;
  }

  /**
   * A carriage return belongs to the line's end. It is only looked for where it matters: to look into a line that came
   * in many pieces copies it.
   */
  #isTooLong(line: string): boolean {
    const excess = line.length - this.#maxUnits;
    return excess > 1 || (excess === 1 && !line.endsWith('\r'));
  }
}

function readLine(line: JsonObject, answer: ChatAnswer): void {
  const { error } = line;
  if (error !== undefined && error !== null) {
    answer.fail(failureOfError(error));
    return;
  }
  const message = objectField(line, 'message') ?? {};
  answer.thinking(textField(message, 'thinking'));
  answer.text(textField(message, 'content'));
  for (const call of arrayField(message, 'tool_calls')) {
    if (isJsonObject(call) && !answer.ended) readToolCall(call, answer);
  }
  if (line['done'] !== true) return;
  const { prompt_eval_count = 0, eval_count } = line; // a prompt that was cached whole is not counted
  answer.usage(readUsage({ prompt_tokens: prompt_eval_count, completion_tokens: eval_count }));
  answer.finish(textField(line, 'done_reason'));
  answer.done();
}
