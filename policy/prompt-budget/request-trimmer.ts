// Shortens one request to the context of one model or another. Messages are counted once, and only when the first
// model is asked for whose context is too small.

import type { ChatMessage, ChatRequest } from '../../protocol/chat-request.ts';
import type { ModelConfig } from '../config.ts';
import { estimateInputTokens, estimateMessageTokens } from '../estimate-tokens.ts';
import { needsOf } from '../request-needs.ts';
import { leavesOut, type LeftOut } from './trim-history.ts';

type Context = Pick<ModelConfig, 'context_tokens' | 'max_output_tokens'>;

export class RequestTrimmer {
  readonly #request: ChatRequest;
  readonly #inputTokens: number;
  readonly #answerTokens: number;
  #costs: ReadonlyMap<ChatMessage, number> | null = null;

  /**
   * @param request - with the limit that the client set, not the one that was put in its place
   * @param inputTokens - its estimate, when it was made already
   */
  constructor(request: ChatRequest, inputTokens: number = estimateInputTokens(request)) {
    this.#request = request;
    this.#inputTokens = inputTokens;
    this.#answerTokens = needsOf(request, inputTokens).answerTokens;
  }

  /** What must be left out for this model; no indices when all of it fits, null when it cannot be made to fit. */
  leavesOutFor(model: Context): LeftOut | null {
    const answerTokens = Math.min(this.#answerTokens, model.max_output_tokens);
    if (this.#inputTokens + answerTokens <= model.context_tokens) return { indices: [], tokens: 0 };
    const costs = this.#messageCosts();
    const messageTokens = costs.values().reduce((sum, tokens) => sum + tokens, 0);
    return leavesOut({
      messages: this.#request.messages,
      tokensOf: (message) => costs.get(message) ?? 0,
      contextTokens: model.context_tokens,
      reserveTokens: answerTokens + this.#inputTokens - messageTokens,
    });
  }

  #messageCosts(): ReadonlyMap<ChatMessage, number> {
    this.#costs ??= new Map(
      this.#request.messages.map((message) => [message, estimateMessageTokens(message)]),
    );
    return this.#costs;
  }
}

export function withoutMessages(request: ChatRequest, { indices }: Pick<LeftOut, 'indices'>): ChatRequest {
  const left = new Set(indices);
  return { ...request, messages: request.messages.filter((_, index) => !left.has(index)) };
}
