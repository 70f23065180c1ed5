// Canonical messages → Anthropic's system blocks and turns.
// Invariant: turns alternate between user and assistant, none is empty, and tool results stand first in theirs.

import type { ChatMessage, ChatRequest } from '../../protocol/chat-request.ts';
import type { JsonObject } from '../../protocol/json.ts';
import { textField } from '../json-fields.ts';
import { isThinking } from './thinking-parts.ts';
import { toBlocks, toToolResult, toToolUse } from './to-block.ts';

export type Turn = { readonly role: 'user' | 'assistant'; readonly content: readonly JsonObject[] };

export type Conversation = { readonly system: readonly JsonObject[]; readonly turns: readonly Turn[] };

export function toConversation(request: ChatRequest): Conversation {
  const { messages } = request;
  const closing = closingSystemAt(messages);
  const isSystem = (message: ChatMessage, at: number): boolean => message.role === 'system' && at < closing;
  const system = messages.filter(isSystem).flatMap(({ content }) => toBlocks(content));
  const turns: Turn[] = [];
  for (const [at, message] of messages.entries()) if (!isSystem(message, at)) append(turns, toTurn(message));
  const last = turns.at(-1);
  if (request.continues === true && last?.role === 'assistant') {
    turns.pop();
    append(turns, { role: 'assistant', content: toPrefill(last.content) });
  }
  return { system, turns };
}

/**
 * The API has one system prompt, before the conversation: system messages from its middle join it. But those after the
 * last answer, or alone, are what the model shall answer to: from here on they are sent as the user's.
 */
function closingSystemAt(messages: readonly ChatMessage[]): number {
  const at = messages.findLastIndex(({ role }) => role !== 'system');
  const before = messages[at];
  return before === undefined || before.role === 'assistant' ? at + 1 : messages.length;
}

function toTurn(message: ChatMessage): Turn {
  switch (message.role) {
    case 'tool':
      return { role: 'user', content: [toToolResult(message.toolCallId, message.content)] };
    case 'assistant':
      return {
        role: 'assistant',
        content: [...toBlocks(message.content), ...message.toolCalls.map(toToolUse)],
      };
    case 'system':
    case 'user':
      return { role: 'user', content: toBlocks(message.content) };
  }
}

function append(turns: Turn[], turn: Turn): void {
  if (turn.content.length === 0) return;
  const last = turns.at(-1);
  if (last?.role !== turn.role) {
    turns.push(turn);
    return;
  }
  // A sort by one bit keeps the order of the rest.
  const content = [...last.content, ...turn.content].toSorted((a, b) => resultRank(a) - resultRank(b));
  turns[turns.length - 1] = { role: turn.role, content };
}

function resultRank(block: JsonObject): number {
  return block['type'] === 'tool_result' ? 0 : 1;
}

/** The API refuses a beginning of the answer that ends in white space, or that holds thinking. */
function toPrefill(content: readonly JsonObject[]): readonly JsonObject[] {
  const blocks = content.filter((block) => !isThinking(block));
  const last = blocks.at(-1);
  if (last?.['type'] !== 'text') return blocks;
  return [...blocks.slice(0, -1), { ...last, text: textField(last, 'text').trimEnd() }];
}
