// Thinking that a server wants back in the next turn, streamed in pieces: OpenRouter's `reasoning_details`, in which
// every model's thinking has the form that the model takes, and DeepSeek's plain `reasoning_content`.
// Invariant: a block is reported once, whole, with every byte of its text: a signature covers it.

import type { ChatMessage } from '../../protocol/chat-request.ts';
import { isJsonObject, type JsonObject } from '../../protocol/json.ts';
import type { ChatAnswer } from '../chat-answer.ts';
import { readChunk } from '../chat-chunk.ts';
import type { ReadChunk } from '../chat-decoder.ts';
import { toChatMessages } from '../chat-messages.ts';
import { arrayField, objectField, textField } from '../json-fields.ts';

/** The field of a message in which the server takes thinking back. */
export type ThinkingField = 'reasoning_details' | 'reasoning_content';

/** UTF-16 units held of one block: it is stored in one row, which takes 2 MB. */
const MAX_BLOCK_UNITS = 512 * 1024;

/** The fields of a block that come in pieces. */
const GROWING = ['text', 'summary', 'data'];

/** Whose thinking it is, for servers that have no word for it themselves. */
const PLAIN_FORMAT = 'deepseek-v1';

/** Messages with the thinking that the client sent back, in the field of the server. */
export function withThinking(messages: readonly ChatMessage[], field: ThinkingField): readonly JsonObject[] {
  return messages.flatMap((message) => {
    const said = toChatMessages([message]);
    const blocks = message.content.flatMap((part) =>
      part.type === 'opaque' && isBlock(part.raw, field) ? [part.raw] : [],
    );
    if (field === 'reasoning_details') {
      if (blocks.length === 0) return said;
      return [{ ...(said[0] ?? { role: 'assistant', content: '' }), reasoning_details: blocks }];
    }
    const text = blocks.map((block) => textField(block, 'text')).join('');
    // While it thinks, DeepSeek refuses a message with calls that lacks the field, even when there was no thought.
    return said.map((fields) => ('tool_calls' in fields ? { ...fields, reasoning_content: text } : fields));
  });
}

function isBlock(raw: JsonObject, field: ThinkingField): boolean {
  const isPlain = raw['format'] === PLAIN_FORMAT;
  return field === 'reasoning_content'
    ? isPlain
    : !isPlain && textField(raw, 'type').startsWith('reasoning.');
}

/** Reads the chunks of one answer. */
export function thinkingReader(field: ThinkingField): ReadChunk {
  const blocks = new Blocks();
  return (chunk, answer) => {
    const [choice] = arrayField(chunk, 'choices');
    if (isJsonObject(choice) && chunk['error'] === undefined) {
      const delta = objectField(choice, 'delta') ?? {};
      for (const piece of piecesIn(delta, field)) if (isJsonObject(piece)) blocks.take(piece, answer);
      if (answers(delta) || typeof choice['finish_reason'] === 'string') blocks.close(answer);
    }
    readChunk(chunk, answer);
  };
}

function piecesIn(delta: JsonObject, field: ThinkingField): readonly unknown[] {
  if (field === 'reasoning_details') return arrayField(delta, field);
  const text = textField(delta, field);
  return text === '' ? [] : [{ type: 'reasoning.text', format: PLAIN_FORMAT, text }];
}

function answers(delta: JsonObject): boolean {
  return textField(delta, 'content') !== '' || arrayField(delta, 'tool_calls').length > 0;
}

class Blocks {
  #open: JsonObject | null = null;

  take(piece: JsonObject, answer: ChatAnswer): void {
    const open = this.#open;
    const goesOn =
      open !== null && piece['type'] === open['type'] && (piece['index'] ?? 0) === (open['index'] ?? 0);
    if (!goesOn) this.close(answer);
    this.#open = goesOn ? joined(open, piece) : piece;
    const units = GROWING.reduce((sum, name) => sum + textField(this.#open ?? {}, name).length, 0);
    if (units > MAX_BLOCK_UNITS) answer.fail('upstream_malformed');
  }

  close(answer: ChatAnswer): void {
    if (this.#open !== null) answer.thinkingPart(this.#open);
    this.#open = null;
  }
}

function joined(open: JsonObject, piece: JsonObject): JsonObject {
  const next: Record<string, JsonObject[string]> = { ...open };
  for (const [name, value] of Object.entries(piece)) {
    if (value === null) continue; // a later piece repeats the fields it has nothing new for
    next[name] = GROWING.includes(name) ? textField(open, name) + textField(piece, name) : value;
  }
  return next;
}
