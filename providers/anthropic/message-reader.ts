// Events of a Messages stream → the answer they belong to. The event's name stands in its data too, so the `event:`
// line is not read. Unknown events, blocks and deltas are ignored: the API adds new ones without a new version.
// Invariant: only `message_stop` makes an answer complete; a stop reason alone does not.

import type { JsonObject } from '../../protocol/json.ts';
import type { ChatAnswer } from '../chat-answer.ts';
import { nestsTooDeep, objectField, textField } from '../json-fields.ts';
import { failureOfError } from '../upstream-failure.ts';
import { redactedPart, signedPart } from './thinking-parts.ts';
import { UsageCount } from './usage-count.ts';

/**
 * UTF-16 units of one thinking block and its signature: they are held until it ends and kept in one row, which JSON's
 * escapes must not make too large. A longer block is shown, but cannot be sent back.
 */
const MAX_PART_UNITS = 128 * 1024;

/** The content block that is being sent; they come one after the other. */
type OpenBlock = {
  readonly type: string;
  readonly index: number | null;
  readonly start: JsonObject;
  thinking: string;
  signature: string;
  /** Of all that the block's part holds, also of what is not held any more. */
  partUnits: number;
  hasArgs: boolean;
};

export class MessageReader {
  readonly #usage = new UsageCount();
  #block: OpenBlock | null = null;
  #reason = '';

  read(event: JsonObject, answer: ChatAnswer): void {
    switch (event['type']) {
      case 'message_start':
        this.#usage.begin(objectField(objectField(event, 'message') ?? {}, 'usage'));
        break;
      case 'content_block_start':
        this.#endBlock(answer);
        this.#startBlock(event, answer);
        break;
      case 'content_block_delta':
        this.#readDelta(objectField(event, 'delta'), answer);
        break;
      case 'content_block_stop':
        this.#endBlock(answer);
        break;
      case 'message_delta':
        this.#reason = textField(objectField(event, 'delta') ?? {}, 'stop_reason') || this.#reason;
        this.#usage.end(objectField(event, 'usage'));
        break;
      case 'message_stop':
        this.#endBlock(answer);
        answer.usage(this.#usage.total());
        answer.finish(finishWord(this.#reason));
        answer.done();
        break;
      case 'error':
        // By its type alone: the sentence beside it may hold any word.
        answer.fail(failureOfError(textField(objectField(event, 'error') ?? {}, 'type')));
        break;
      default: // `ping`, and what may be added
    }
  }

  #startBlock(event: JsonObject, answer: ChatAnswer): void {
    const start = objectField(event, 'content_block');
    if (start === null) return;
    const type = textField(start, 'type');
    const index = typeof event['index'] === 'number' ? event['index'] : null;
    this.#block = { type, index, start, thinking: '', signature: '', partUnits: 0, hasArgs: false };
    if (type === 'text') answer.text(textField(start, 'text'));
    if (type === 'thinking') this.#think(this.#block, start, answer);
    if (type === 'redacted_thinking') this.#block.partUnits = textField(start, 'data').length;
    if (type === 'tool_use') {
      answer.toolCall({ index, id: textField(start, 'id'), name: textField(start, 'name'), args: '' });
    }
  }

  #readDelta(delta: JsonObject | null, answer: ChatAnswer): void {
    const block = this.#block;
    if (delta === null || block === null) return;
    switch (delta['type']) {
      case 'text_delta':
        answer.text(textField(delta, 'text'));
        break;
      case 'thinking_delta':
      case 'signature_delta':
        this.#think(block, delta, answer);
        break;
      case 'input_json_delta':
        readArgs(block, textField(delta, 'partial_json'), answer);
        break;
      default: // citations
    }
  }

  #think(block: OpenBlock, piece: JsonObject, answer: ChatAnswer): void {
    const text = textField(piece, 'thinking');
    const signature = textField(piece, 'signature');
    answer.thinking(text);
    block.partUnits += text.length + signature.length;
    if (block.partUnits > MAX_PART_UNITS) return;
    block.thinking += text;
    block.signature += signature;
  }

  #endBlock(answer: ChatAnswer): void {
    const block = this.#block;
    this.#block = null;
    if (block === null) return;
    const { type, start, thinking, signature, partUnits } = block;
    // A tool without parameters gets no delta at all, and nothing is not JSON.
    if (type === 'tool_use' && !block.hasArgs) {
      const input = objectField(start, 'input') ?? {};
      if (nestsTooDeep(input)) answer.fail('upstream_malformed');
      else readArgs(block, JSON.stringify(input), answer);
    }
    if (partUnits > MAX_PART_UNITS) return;
    // Unsigned thinking, of other makers' models, is not taken back by anybody.
    if (type === 'thinking' && signature !== '') answer.thinkingPart(signedPart(thinking, signature));
    if (type === 'redacted_thinking') answer.thinkingPart(redactedPart(textField(start, 'data')));
  }
}

/** Of client tools only: the server's own run there, and their arguments are nobody's business here. */
function readArgs(block: OpenBlock, args: string, answer: ChatAnswer): void {
  if (block.type !== 'tool_use' || args === '') return;
  block.hasArgs = true;
  answer.toolCall({ index: block.index, id: '', name: '', args });
}

/** In the words of the chat dialect. `pause_turn`, only after tools of the server, is an answer that stops there. */
function finishWord(reason: string): string {
  switch (reason) {
    case 'max_tokens':
    case 'model_context_window_exceeded':
      return 'length';
    case 'tool_use':
      return 'tool_calls';
    case 'refusal':
      return 'content_filter';
    default:
      return 'stop';
  }
}
