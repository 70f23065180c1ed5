// The request body of the chat completions dialect, for every provider that speaks it.
// Always asks for a stream with usage, whatever the client asked for: the log is made from it.

import type { ChatRequest } from '../protocol/chat-request.ts';
import type { JsonObject } from '../protocol/json.ts';
import { toChatMessages } from './chat-messages.ts';

/** OpenAI's reasoning models refuse the older `max_tokens`; many compatible servers know no other. Both at once are refused. */
export type OutputLimitField = 'max_completion_tokens' | 'max_tokens';

export function toChatBody(
  request: ChatRequest,
  model: string,
  limitField: OutputLimitField,
  messages = toChatMessages(request.messages),
): JsonObject {
  const { tools, toolChoice, responseFormat, maxOutputTokens } = request;
  return {
    ...request.parameters,
    model,
    messages,
    stream: true,
    stream_options: { include_usage: true },
    ...(maxOutputTokens === null ? {} : { [limitField]: maxOutputTokens }),
    ...(tools.length === 0 ? {} : { tools }),
    // Without tools OpenAI refuses a tool_choice; clients leave it in when they drop their tools.
    ...(toolChoice === undefined || tools.length === 0 ? {} : { tool_choice: toolChoice }),
    ...(responseFormat === undefined ? {} : { response_format: responseFormat }),
  };
}
