// One event of a Responses stream → the answer it belongs to. Only `response.completed` and `response.incomplete` end
// an answer; of the other events only those are read that bring something new.

import { isJsonObject, type JsonObject } from '../../protocol/json.ts';
import type { ChatAnswer } from '../chat-answer.ts';
import type { ReadChunk } from '../chat-decoder.ts';
import { arrayField, objectField, readUsage, textField } from '../json-fields.ts';
import { failureOfError } from '../upstream-failure.ts';
import { CURSOR } from './cursor.ts';
import { THINKING_FORMAT } from './to-input.ts';

export class ResponseReader {
  readonly #isKept: boolean;
  #id = '';
  /** Output indices of calls whose arguments came in pieces. */
  readonly #streamed = new Set<unknown>();

  /** @param isKept - OpenAI keeps the answer, so that it can be taken up again */
  constructor(isKept: boolean) {
    this.#isKept = isKept;
  }

  readonly read: ReadChunk = (event, answer) => {
    this.#take(event, answer);
    const { sequence_number: seq } = event;
    if (!this.#isKept || answer.ended || typeof seq !== 'number') return;
    this.#id ||= textField(objectField(event, 'response') ?? {}, 'id');
    const cursor = `${this.#id}:${seq}`;
    // A stream that was taken up does not repeat the response's id: it has no further cursor.
    if (CURSOR.test(cursor)) answer.resumePoint(cursor);
  };

  #take(event: JsonObject, answer: ChatAnswer): void {
    switch (event['type']) {
      case 'response.output_text.delta':
      case 'response.refusal.delta': // to the person the refusal is the answer
        return answer.text(textField(event, 'delta'));
      case 'response.reasoning_summary_text.delta':
      case 'response.reasoning_text.delta':
        return answer.thinking(textField(event, 'delta'));
      case 'response.reasoning_summary_part.added':
        return event['summary_index'] === 0 ? undefined : answer.thinking('\n\n');
      case 'response.function_call_arguments.delta':
        this.#streamed.add(event['output_index']);
        return answer.toolCall(pieceOf(event, {}, textField(event, 'delta')));
      case 'response.output_item.added':
      case 'response.output_item.done':
        return this.#item(event, objectField(event, 'item') ?? {}, answer);
      case 'error':
      case 'response.failed':
      case 'response.completed':
      case 'response.incomplete':
        return end(event, answer);
      default: // an error without a type is a body that is no stream
        if (objectField(event, 'error') !== null) answer.fail(failureOfError(event['error']));
    }
  }

  #item(event: JsonObject, item: JsonObject, answer: ChatAnswer): void {
    const isDone = event['type'] === 'response.output_item.done';
    if (item['type'] === 'function_call') {
      const whole = isDone && !this.#streamed.has(event['output_index']);
      answer.toolCall(pieceOf(event, item, whole ? textField(item, 'arguments') : ''));
    } else if (item['type'] === 'reasoning' && isDone) keepThinking(item, answer);
  }
}

function pieceOf(event: JsonObject, item: JsonObject, args: string): Parameters<ChatAnswer['toolCall']>[0] {
  const index = event['output_index'];
  const position = typeof index === 'number' && Number.isSafeInteger(index) ? index : null;
  return { index: position, id: textField(item, 'call_id'), name: textField(item, 'name'), args };
}

/** Without its encrypted content a block is of no use in the next turn. */
function keepThinking(item: JsonObject, answer: ChatAnswer): void {
  const data = textField(item, 'encrypted_content');
  const id = textField(item, 'id');
  if (data === '') return;
  for (const part of arrayField(item, 'summary')) {
    if (!isJsonObject(part)) continue;
    const summary = textField(part, 'text');
    answer.thinkingPart({ type: 'reasoning.summary', format: THINKING_FORMAT, id, summary });
  }
  answer.thinkingPart({ type: 'reasoning.encrypted', format: THINKING_FORMAT, id, data });
}

function end(event: JsonObject, answer: ChatAnswer): void {
  const response = objectField(event, 'response') ?? {};
  if (event['type'] === 'error' || event['type'] === 'response.failed') {
    answer.fail(failureOfError(event['error'] ?? response['error'] ?? { ...event, type: null }));
    return;
  }
  answer.usage(readUsage(response['usage'], 'input', 'output'));
  const word = textField(objectField(response, 'incomplete_details') ?? {}, 'reason');
  if (event['type'] === 'response.completed') answer.finish('stop');
  else if (word === 'content_filter') answer.finish(word);
  else answer.finish('length'); // `max_output_tokens`: the only other reason there is
  answer.done();
}
