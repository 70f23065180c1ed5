// What is checked: the draft of one model, put together from its upstream's events, and what was asked for.
// Texts of the question are cut to their ends, so that no check costs more on a longer prompt.

import type { ChatRequest } from '../../protocol/chat-request.ts';
import { textOf } from '../../protocol/chat-request.ts';
import type { FinishReason } from '../../protocol/events.ts';
import type { JsonObject, JsonValue } from '../../protocol/json.ts';
import type { AnswerEvent } from '../../protocol/upstream-event.ts';
import type { Usage } from '../../protocol/usage.ts';
import { userTurns } from '../user-turns.ts';

export type ToolRequest = { readonly name: string; readonly args: string };

export type Draft = {
  readonly text: string;
  readonly thinking?: string;
  readonly toolCalls: readonly ToolRequest[];
  /** Null when the upstream failed or has not ended. */
  readonly finishReason: Exclude<FinishReason, 'stopped'> | null;
  readonly usage?: Usage | null;
  /** Natural logarithms, one for each token from the first; null when the upstream gives none. */
  readonly logprobs?: readonly number[] | null;
};

export type CheckedQuestion = {
  /** The person's last words. */
  readonly userText: string;
  /** System texts and earlier turns: they may ask for a language or a form, and are searched for nothing else. */
  readonly contextText?: string;
  /** OpenAI's `response_format`; absent for plain text. */
  readonly responseFormat?: JsonObject;
  readonly tools: readonly JsonObject[];
  readonly toolChoice?: JsonValue;
  /** The limit that the client itself set. */
  readonly maxOutputTokens: number | null;
  /** The client sent stop sequences: a text that stops in mid-sentence is what it wanted. */
  readonly hasStops?: boolean;
};

/** What is read of a long text, in UTF-16 units: people put the wish before or after what they paste. */
const ENDS = { head: 2_000, tail: 1_000 } as const;

export function draftOf(events: readonly AnswerEvent[]): Draft {
  let [text, thinking] = ['', ''];
  let finishReason: Draft['finishReason'] = null;
  let usage: Usage | null = null;
  const calls = new Map<number, { name: string; args: string }>();
  const logprobs: number[] = [];
  for (const event of events) {
    switch (event.type) {
      case 'text_delta':
        text += event.text;
        break;
      case 'thinking':
        thinking += event.text;
        break;
      case 'tool_start':
        calls.set(event.index, { name: event.tool, args: event.args });
        break;
      case 'tool_delta': {
        const call = calls.get(event.index);
        if (call !== undefined) call.args += event.args;
        break;
      }
      case 'logprobs':
        logprobs.push(...event.values);
        break;
      case 'finish':
        finishReason = event.reason;
        usage = event.usage;
        break;
      case 'tool_end':
      case 'thinking_part':
      case 'resume_point':
      case 'status':
      case 'route_changed':
      case 'failure':
        break;
    }
  }
  const confidence = logprobs.length === 0 ? null : logprobs;
  return { text, thinking, toolCalls: [...calls.values()], finishReason, usage, logprobs: confidence };
}

/** @param ownText - cuts harness text out of a user message, as for the classifier */
export function questionOf(
  request: ChatRequest,
  ownText: (text: string) => string = (text) => text,
): CheckedQuestion {
  const turns = userTurns(request.messages, ownText);
  const system = request.messages.filter((message) => message.role === 'system');
  const context = [...system.map((message) => textOf(message.content)), ...turns.slice(0, -1)];
  const { responseFormat, toolChoice } = request;
  return {
    userText: ends(turns.at(-1) ?? ''),
    contextText: context.map(ends).join('\n'),
    ...(responseFormat === undefined ? {} : { responseFormat }),
    tools: request.tools,
    ...(toolChoice === undefined ? {} : { toolChoice }),
    maxOutputTokens: request.maxOutputTokens,
    hasStops: (request.parameters['stop'] ?? null) !== null,
  };
}

function ends(text: string): string {
  if (text.length <= ENDS.head + ENDS.tail) return text;
  return `${text.slice(0, ENDS.head)}\n${text.slice(-ENDS.tail)}`;
}
