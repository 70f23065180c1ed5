// What a request asks of a model beyond text, and whether a configured model gives it.
// A need that a model lacks is a hard gate: sending the request anyway would fail at the upstream or, worse,
// silently drop the image or the tools. It chooses no tier; plan-route.ts does.

import type { ChatMessage, ChatRequest, ContentPart } from '../protocol/chat-request.ts';
import type { Capability, ModelConfig } from './config.ts';
import { isThinking } from './conversation/bound-state.ts';

/** `context`: input and answer fit; `parts`: audio, files and other parts that only pass through unchanged. */
export type Need = NeededCapability | 'context' | 'parts';

/** Log probabilities help to judge a draft, a prefill to go on with a lost answer; no request needs them. */
type NeededCapability = Exclude<Capability, 'logprobs' | 'prefill'>;

export type RequestNeeds = {
  readonly capabilities: readonly NeededCapability[];
  readonly hasOpaqueParts: boolean;
  readonly inputTokens: number;
  /** Tokens the answer may take; see DEFAULT_ANSWER_TOKENS. */
  readonly answerTokens: number;
};

/** How a need is called in a sentence that a person reads. */
export const NEED_NAME: Readonly<Record<Need, string>> = {
  tools: 'tools',
  vision: 'images',
  json: 'response_format',
  parts: 'audio, file or other non-text parts',
  context: 'this much context',
};

/** Room kept for the answer when the client sets no limit: a page and a half of text. */
const DEFAULT_ANSWER_TOKENS = 1_024;

export function needsOf(request: ChatRequest, inputTokens: number): RequestNeeds {
  const parts = request.messages.flatMap((message): readonly ContentPart[] => message.content);
  const capabilities: NeededCapability[] = [];
  if (request.tools.length > 0 || request.messages.some(usesTools)) capabilities.push('tools');
  if (parts.some((part) => part.type === 'image')) capabilities.push('vision');
  if (request.responseFormat !== undefined) capabilities.push('json');
  return {
    capabilities,
    hasOpaqueParts: parts.some((part) => part.type === 'opaque' && !isThinking(part)),
    inputTokens,
    answerTokens: request.maxOutputTokens ?? DEFAULT_ANSWER_TOKENS,
  };
}

/** The needs that this model does not meet; `[]` when it can serve the request. */
export function unmetNeeds(model: ModelConfig, needs: RequestNeeds): readonly Need[] {
  const unmet: Need[] = needs.capabilities.filter((capability) => !model.capabilities.includes(capability));
  // Opaque parts keep the client's dialect, which cloud upstreams speak and the edge binding does not.
  if (needs.hasOpaqueParts && model.tier === 'edge') unmet.push('parts');
  // A larger max_tokens than the model has is lowered, so it is no reason to refuse the model.
  const answerTokens = Math.min(needs.answerTokens, model.max_output_tokens);
  if (needs.inputTokens + answerTokens > model.context_tokens) unmet.push('context');
  return unmet;
}

/** The needs no model of these meets; when each is met by some but no model meets all, those of the nearest miss. */
export function missingIn(models: readonly ModelConfig[], needs: RequestNeeds): readonly Need[] {
  const unmet = models.map((model) => unmetNeeds(model, needs));
  const nearest = unmet.toSorted((left, right) => left.length - right.length)[0] ?? [];
  const everywhere = nearest.filter((need) => unmet.every((list) => list.includes(need)));
  return everywhere.length > 0 ? everywhere : nearest;
}

/** A history with tool calls needs a model whose prompt format knows them, even when no tool is offered now. */
function usesTools(message: ChatMessage): boolean {
  return message.role === 'tool' || (message.role === 'assistant' && message.toolCalls.length > 0);
}
