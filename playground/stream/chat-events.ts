// The rare answer without a log comes as OpenAI's chunks, and can only be read once. They are read as the typed events that
// say the same, so that everything behind this file knows one format.

import type { Frame } from './read-frames.ts';
import type { StreamEvent } from './wire-events.ts';

type Chunk = {
  readonly error?: { readonly code: string; readonly message: string };
  readonly choices?: readonly {
    readonly delta?: { readonly content?: string | null; readonly reasoning_content?: string | null };
    readonly finish_reason?: 'stop' | 'length' | 'tool_calls' | 'content_filter' | null;
  }[];
  readonly usage?: { readonly prompt_tokens: number; readonly completion_tokens: number } | null;
  readonly x_edgeways?: { readonly cost_usd?: number };
};

const NO_TIMING = { first_token_ms: null, total_ms: 0 } as const;

/** Remembers between chunks only how the answer ended, which comes before its usage. */
export class ChatEvents {
  #finish: 'stop' | 'length' | 'tool_calls' | 'content_filter' = 'stop';
  #usage = { input_tokens: 0, output_tokens: 0 };
  #costUsd: number | null = null;

  read({ data }: Frame): readonly StreamEvent[] {
    if (data === '[DONE]') return [this.#done()];
    const chunk = JSON.parse(data) as Chunk;
    if (chunk.error !== undefined) {
      const { message } = chunk.error;
      return [{ type: 'error', code: 'upstream_failed', message, recoverable: true, partial: true }];
    }
    if (chunk.usage !== undefined && chunk.usage !== null) {
      const { prompt_tokens: input_tokens, completion_tokens: output_tokens } = chunk.usage;
      this.#usage = { input_tokens, output_tokens };
      this.#costUsd = chunk.x_edgeways?.cost_usd ?? null;
    }
    return this.#content(chunk);
  }

  #content({ choices = [] }: Chunk): readonly StreamEvent[] {
    return choices.flatMap(({ delta, finish_reason }) => {
      this.#finish = finish_reason ?? this.#finish;
      const events: StreamEvent[] = [];
      if (delta?.reasoning_content) events.push({ type: 'thinking', text: delta.reasoning_content });
      if (delta?.content) events.push({ type: 'text_delta', text: delta.content });
      return events;
    });
  }

  #done(): StreamEvent {
    const cost = this.#costUsd === null ? {} : { cost_usd: this.#costUsd };
    return { type: 'done', finish_reason: this.#finish, usage: this.#usage, timing: NO_TIMING, ...cost };
  }
}
