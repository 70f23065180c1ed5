// A whole log as one chat completion, for requests with `stream: false`.
// Invariant: a log that ended in an error is a failure, even when it holds text: half an answer in a 200 would
// look like a whole one.

import type { FailureCode, StreamEvent } from '../../protocol/events.ts';
import type { JsonObject } from '../../protocol/json.ts';
import type { GenerationFacts } from '../../protocol/projection.ts';
import { chatUsage, completionId, createdSeconds, extension, toChatFinishReason } from './answer-fields.ts';
import type { ChatFinishReason, ChatUsage, Extension } from './answer-fields.ts';

export type ChatToolCall = {
  readonly id: string;
  readonly type: 'function';
  readonly function: { readonly name: string; readonly arguments: string };
};

export type ChatMessageBody = {
  readonly role: 'assistant';
  /** Null when the model only called tools. */
  readonly content: string | null;
  readonly refusal: null;
  readonly reasoning_content?: string;
  readonly reasoning?: string;
  /** Thinking as its provider takes it back; see `ThinkingPartEvent`. */
  readonly reasoning_details?: readonly JsonObject[];
  readonly tool_calls?: readonly ChatToolCall[];
};

/** OpenAI's `chat.completion` object. */
export type ChatCompletionBody = {
  readonly id: string;
  readonly object: 'chat.completion';
  readonly created: number;
  readonly model: string;
  readonly choices: readonly [
    {
      readonly index: 0;
      readonly message: ChatMessageBody;
      readonly logprobs: null;
      readonly finish_reason: ChatFinishReason;
    },
  ];
  readonly usage: ChatUsage;
  readonly x_edgeways?: Extension;
};

export type Completion =
  | { readonly type: 'completion'; readonly body: ChatCompletionBody }
  | { readonly type: 'failure'; readonly code: FailureCode };

/** `events`: a complete log. Throws when it has no terminal event: only an ended log has a whole answer. */
export function toCompletion(facts: GenerationFacts, events: Iterable<StreamEvent>): Completion {
  const parts = new MessageParts();
  let { model } = facts;
  for (const event of events) {
    if (event.type === 'error') return { type: 'failure', code: event.code };
    if (event.type === 'done') {
      const reason = toChatFinishReason(event.finish_reason);
      const choice = { index: 0, message: parts.message(), logprobs: null, finish_reason: reason } as const;
      const body: ChatCompletionBody = {
        id: completionId(facts),
        object: 'chat.completion',
        created: createdSeconds(facts),
        model,
        choices: [choice],
        usage: chatUsage(event.usage),
        ...extension(event),
      };
      return { type: 'completion', body };
    }
    if (event.type === 'route_changed') model = event.model;
    parts.add(event);
  }
  throw new Error('the log has no terminal event yet');
}

type UnendedEvent = Exclude<StreamEvent, { type: 'done' | 'error' }>;

class MessageParts {
  #text = '';
  #thinking = '';
  readonly #details: JsonObject[] = [];
  readonly #calls = new Map<number, { readonly id: string; readonly name: string; args: string }>();

  add(event: UnendedEvent): void {
    switch (event.type) {
      case 'text_delta':
        this.#text += event.text;
        return;
      case 'thinking':
        this.#thinking += event.text;
        return;
      case 'thinking_part':
        this.#details.push(event.part);
        return;
      case 'tool_start':
        this.#calls.set(event.index, { id: event.id, name: event.tool, args: event.args });
        return;
      case 'tool_delta': {
        const call = this.#calls.get(event.index);
        if (call === undefined) throw new Error(`tool_delta for call ${event.index}, which never started`);
        call.args += event.args;
        return;
      }
      case 'route':
      case 'route_changed':
      case 'status':
      case 'tool_end':
        return;
    }
  }

  message(): ChatMessageBody {
    const calls = [...this.#calls.values()].map(toToolCall);
    const thinking = this.#thinking;
    return {
      role: 'assistant',
      content: this.#text === '' && calls.length > 0 ? null : this.#text,
      refusal: null,
      ...(thinking === '' ? {} : { reasoning_content: thinking, reasoning: thinking }),
      ...(this.#details.length === 0 ? {} : { reasoning_details: this.#details }),
      ...(calls.length === 0 ? {} : { tool_calls: calls }),
    };
  }
}

function toToolCall(call: {
  readonly id: string;
  readonly name: string;
  readonly args: string;
}): ChatToolCall {
  return { id: call.id, type: 'function', function: { name: call.name, arguments: call.args } };
}
