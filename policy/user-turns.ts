// The person's own words in a conversation. System prompts, tool results and what an agent's harness wraps around a
// message are left out: they must not move the route. It scores nothing.

import type { ChatMessage } from '../protocol/chat-request.ts';
import { textOf } from '../protocol/chat-request.ts';

/** Cuts harness text out of one message; `''` when nothing of the person's is left. */
export type OwnText = (text: string) => string;

/** `index`: of the message in the history. */
export type WordedTurn = { readonly text: string; readonly index: number };

/** The classifier looks at the last turn and a few before it; stripping hundreds of old turns would be wasted. */
const MAX_TURNS = 8;

/** User messages that are read in search of those turns; an agent's loop may have many without any words. */
const MAX_READ = 32;

/** When those hold no words, the task is looked for where agents put it: in one of the first messages. */
const MAX_READ_AT_START = 4;

/** The latest turns that hold words of the person, oldest first. */
export function userTurns(messages: readonly ChatMessage[], ownText: OwnText): readonly string[] {
  return wordedTurns(messages, ownText).map((turn) => turn.text);
}

/** The same, with where they stand in the history. */
export function wordedTurns(messages: readonly ChatMessage[], ownText: OwnText): readonly WordedTurn[] {
  const indexes = messages.flatMap((message, index) => (message.role === 'user' ? [index] : []));
  const turns: WordedTurn[] = [];
  for (const index of indexes.slice(-MAX_READ).reverse()) {
    const turn = wordedAt(messages, index, ownText);
    if (turn !== null) turns.unshift(turn);
    if (turns.length === MAX_TURNS) return turns;
  }
  if (turns.length > 0) return turns;
  const unread = Math.max(0, indexes.length - MAX_READ);
  return indexes
    .slice(0, Math.min(MAX_READ_AT_START, unread))
    .flatMap((index) => wordedAt(messages, index, ownText) ?? []);
}

function wordedAt(messages: readonly ChatMessage[], index: number, ownText: OwnText): WordedTurn | null {
  const text = ownText(textOf(messages[index]?.content ?? []));
  return text === '' ? null : { text, index };
}
