// Thinking blocks of Claude ↔ the form in which clients keep them (OpenRouter's `reasoning_details`).
// Invariant: text, signature and ciphertext pass byte for byte, for the signature covers them.

import type { JsonObject } from '../../protocol/json.ts';
import { textField } from '../json-fields.ts';

/** OpenRouter's name for whose thinking it is. */
const FORMAT = 'anthropic-claude-v1';

export function signedPart(text: string, signature: string): JsonObject {
  return { type: 'reasoning.text', format: FORMAT, text, signature };
}

export function redactedPart(data: string): JsonObject {
  return { type: 'reasoning.encrypted', format: FORMAT, data };
}

/** Also takes Anthropic's own blocks. Null for thinking of other models: nobody but its maker can check it. */
export function toThinkingBlock(part: JsonObject): JsonObject | null {
  switch (part['type']) {
    case 'thinking':
      return thinkingBlock(part['thinking'], part['signature']);
    case 'redacted_thinking':
      return redactedBlock(part['data']);
    case 'reasoning.text':
      return part['format'] === FORMAT ? thinkingBlock(textField(part, 'text'), part['signature']) : null;
    case 'reasoning.encrypted':
      return part['format'] === FORMAT ? redactedBlock(part['data']) : null;
    default:
      return null;
  }
}

export function isThinking(block: JsonObject | undefined): boolean {
  return block?.['type'] === 'thinking' || block?.['type'] === 'redacted_thinking';
}

function thinkingBlock(thinking: unknown, signature: unknown): JsonObject | null {
  if (typeof thinking !== 'string' || typeof signature !== 'string' || signature === '') return null;
  return { type: 'thinking', thinking, signature };
}

function redactedBlock(data: unknown): JsonObject | null {
  return typeof data === 'string' && data !== '' ? { type: 'redacted_thinking', data } : null;
}
