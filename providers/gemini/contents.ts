// Canonical messages → Gemini's turns, which alternate between `user` and `model`. Results of tools belong to the
// user's turn. Invariant: signatures go back byte-exact to the call they came with, or to the last text of the turn.

import { textOf, type ChatMessage, type ContentPart, type ToolCall } from '../../protocol/chat-request.ts';
import type { JsonObject } from '../../protocol/json.ts';
import { parseWritable, textField } from '../json-fields.ts';
import { toMediaPart } from './media-part.ts';

/** `format` of the thinking parts that carry Gemini's signatures. */
export const SIGNATURE_FORMAT = 'google-gemini-v1';

/** Google's own word for a call that another model made: from Gemini 3 on, a call without a signature is refused. */
const FOREIGN_CALL = 'skip_thought_signature_validator';

/** Google keeps numbers as doubles: an identifier that one cannot hold must stay text. */
const LONG_NUMBER = /\d{16}/;

type Turn = { readonly role: 'user' | 'model'; readonly parts: JsonObject[] };

export function toContents(messages: readonly ChatMessage[], signsEveryCall: boolean): readonly Turn[] {
  const turns: Turn[] = [];
  const toolNames = new Map<string, string>();
  for (const message of messages) {
    if (message.role === 'system') continue;
    if (message.role === 'assistant') for (const call of message.toolCalls) toolNames.set(call.id, call.name);
    const role = message.role === 'assistant' ? 'model' : 'user';
    const parts = toParts(message, toolNames, signsEveryCall);
    const last = turns.at(-1);
    if (last?.role === role) last.parts.push(...parts);
    else if (parts.length > 0) turns.push({ role, parts });
  }
  return turns;
}

type Spoken = Exclude<ChatMessage, { role: 'system' }>;

function toParts(message: Spoken, toolNames: Map<string, string>, signsEveryCall: boolean): JsonObject[] {
  switch (message.role) {
    case 'user':
      return message.content.flatMap(toPart);
    case 'assistant':
      return toModelParts(message.content, message.toolCalls, signsEveryCall);
    case 'tool': {
      const { toolCallId: id, content } = message;
      const name = toolNames.get(id) ?? id;
      return [{ functionResponse: { id, name, response: toResponse(textOf(content)) } }];
    }
  }
}

/** Thinking of other models has no form here; empty texts are refused. */
function toPart(part: ContentPart): readonly JsonObject[] {
  if (part.type === 'text') return part.text === '' ? [] : [{ text: part.text }];
  const media = toMediaPart(part);
  return media === null ? [] : [media];
}

function toModelParts(
  content: readonly ContentPart[],
  toolCalls: readonly ToolCall[],
  signsEveryCall: boolean,
): JsonObject[] {
  const signatures = signaturesIn(content);
  const spoken = content.flatMap(toPart);
  const calls = toolCalls.map(({ id, name, args }, at) => {
    const functionCall = { id, name, args: toArguments(args) };
    // Of calls side by side only the first is signed.
    const thoughtSignature = signatures.get(id) ?? (signsEveryCall && at === 0 ? FOREIGN_CALL : undefined);
    return thoughtSignature === undefined ? { functionCall } : { functionCall, thoughtSignature };
  });
  const thoughtSignature = signatures.get('');
  if (thoughtSignature !== undefined) spoken.push({ ...(spoken.pop() ?? { text: '' }), thoughtSignature });
  return [...spoken, ...calls];
}

/** By the call's id; '' for the text's. */
function signaturesIn(content: readonly ContentPart[]): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  for (const part of content) {
    if (part.type !== 'opaque' || part.raw['format'] !== SIGNATURE_FORMAT) continue;
    const signature = textField(part.raw, 'data');
    if (signature !== '') found.set(textField(part.raw, 'id'), signature);
  }
  return found;
}

function toArguments(args: string): JsonObject {
  return parseWritable(args) ?? (args.trim() === '' ? {} : { arguments: args });
}

/** A response must be an object; `output` is the name that Gemini documents for a plain one. */
function toResponse(text: string): JsonObject {
  return (LONG_NUMBER.test(text) ? null : parseWritable(text)) ?? { output: text };
}
