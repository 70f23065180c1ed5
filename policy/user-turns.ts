// The person's own words in a conversation, for the classifier. System prompts, tool results and what an agent's
// harness wraps around a message are left out: they must not move the route. It scores nothing.

import type { ChatMessage } from '../protocol/chat-request.ts';
import { textOf } from '../protocol/chat-request.ts';

/** The classifier looks at the last turn and a few before it; stripping hundreds of old turns would be wasted. */
const MAX_TURNS = 8;

/**
 * @param ownText - cuts harness text out of one message; `''` when nothing of the person's is left
 * @returns the latest turns that hold words of the person, oldest first
 */
export function userTurns(
  messages: readonly ChatMessage[],
  ownText: (text: string) => string,
): readonly string[] {
  const turns: string[] = [];
  for (let index = messages.length - 1; index >= 0 && turns.length < MAX_TURNS; index -= 1) {
    const message = messages[index];
    if (message?.role !== 'user') continue;
    const text = ownText(textOf(message.content));
    if (text !== '') turns.push(text);
  }
  return turns.reverse();
}
