// What a chat history says about its own course: the person's turns, whether an agent is in the middle of its
// tools, whether a provider's state is in flight, whether the person asks again or complains.
// Invariant: system prompts, tool results and what a harness wraps around a message are never among the turns.
// Work is bounded: the last turns are read, of the others only the sizes are summed. It decides no route.

import type { ChatMessage } from '../../protocol/chat-request.ts';
import { textOf } from '../../protocol/chat-request.ts';
import { boundStateOf, type BoundState } from './bound-state.ts';
import { Turn } from './turn.ts';
import { wordedTurns, type OwnText, type WordedTurn } from '../user-turns.ts';

export type Conversation = {
  /** The latest turns that hold words of the person, oldest first; `[]` when there are none. */
  readonly turns: readonly Turn[];
  /** User messages in the whole history, those without words of a person included. */
  readonly userMessages: number;
  /** The assistant acted after the person's last message, and its results are being handed back. */
  readonly isToolLoop: boolean;
  readonly boundState: BoundState;
};

/** How far back a repeated request is looked for: people repeat at once, not an hour later. */
const REPEAT_LOOK_BACK = 3;

export function senseConversation(messages: readonly ChatMessage[], ownText: OwnText): Conversation {
  const worded = wordedTurns(messages, ownText);
  const spokenAt = Math.max(worded.at(-1)?.index ?? -1, lastWordless(messages));
  const trailing = messages.slice(spokenAt + 1);
  return {
    turns: turnsOf(messages, worded),
    userMessages: messages.filter((message) => message.role === 'user').length,
    isToolLoop: isLoop(trailing),
    boundState: boundStateOf(trailing),
  };
}

/** A message that only shows an image or a file is the person's as well; −1 when there is none. */
function lastWordless(messages: readonly ChatMessage[]): number {
  return messages.findLastIndex(
    (message) => message.role === 'user' && message.content.every((part) => part.type !== 'text'),
  );
}

function turnsOf(messages: readonly ChatMessage[], worded: readonly WordedTurn[]): readonly Turn[] {
  const sizes = sizesBefore(messages);
  const whole = Math.max(1, sizes.at(-1) ?? 0);
  const turns: Turn[] = [];
  for (const [at, { text, index }] of worded.entries()) {
    const from = Math.max(0, at - REPEAT_LOOK_BACK);
    const answered = turns
      .slice(from)
      .filter((_, offset) => hasAnswer(messages, worded[from + offset]?.index ?? 0, index));
    turns.push(new Turn(text, (sizes[index] ?? 0) / whole, answered));
  }
  return turns;
}

/** Characters before each message, and of all as one entry more. */
function sizesBefore(messages: readonly ChatMessage[]): readonly number[] {
  const sizes = [0];
  let sum = 0;
  for (const message of messages) {
    // Images and files are read anew by another model as well, but their size says nothing of their tokens.
    for (const part of message.content) sum += part.type === 'text' ? part.text.length : 0;
    if (message.role === 'assistant') for (const call of message.toolCalls) sum += call.args.length;
    sizes.push(sum);
  }
  return sizes;
}

function hasAnswer(messages: readonly ChatMessage[], from: number, to: number): boolean {
  return messages
    .slice(from + 1, to)
    .some((message) => message.role === 'assistant' && textOf(message.content) !== '');
}

/** Tool calls of the API, or of a harness that hands results back as user messages without a word of the person. */
function isLoop(trailing: readonly ChatMessage[]): boolean {
  const acted = trailing.findIndex((message) => message.role === 'assistant');
  return trailing.some((message, at) => {
    if (message.role === 'tool') return true;
    if (message.role === 'user') return acted >= 0 && at > acted;
    return message.role === 'assistant' && message.toolCalls.length > 0;
  });
}
