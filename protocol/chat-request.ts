// The canonical chat request: what every dialect parses into and every provider encodes from.
// It keeps what a request means; fields that only an upstream understands travel in `parameters`.

import type { JsonObject, JsonValue } from './json.ts';

export type TextPart = { readonly type: 'text'; readonly text: string };
export type ImagePart = { readonly type: 'image'; readonly url: string; readonly detail?: string };
/** Audio, files and other parts: passed through to upstreams that speak the same dialect. */
export type OpaquePart = { readonly type: 'opaque'; readonly raw: JsonObject };
export type ContentPart = TextPart | ImagePart | OpaquePart;

export type ToolCall = { readonly id: string; readonly name: string; readonly args: string };

export type ChatMessage =
  | { readonly role: 'system'; readonly content: readonly ContentPart[] }
  | { readonly role: 'user'; readonly content: readonly ContentPart[]; readonly name?: string }
  | {
      readonly role: 'assistant';
      readonly content: readonly ContentPart[];
      readonly toolCalls: readonly ToolCall[];
    }
  | { readonly role: 'tool'; readonly toolCallId: string; readonly content: readonly ContentPart[] };

export type ChatRequest = {
  /** `auto`, `edge`, `cloud` or a configured model id, as the client sent it. */
  readonly model: string;
  readonly messages: readonly ChatMessage[];
  readonly stream: boolean;
  readonly includeUsage: boolean;
  /** Tokens; null when the client set no limit. */
  readonly maxOutputTokens: number | null;
  /** Tool definitions in OpenAI's shape. */
  readonly tools: readonly JsonObject[];
  readonly toolChoice?: JsonValue;
  /** OpenAI's `response_format` when it is not plain text. */
  readonly responseFormat?: JsonObject;
  /** The client's own labels, for routing rules; no upstream sees them. */
  readonly metadata?: Readonly<Record<string, string>>;
  /**
   * The last message is the beginning of the answer itself, to be gone on with from its last character (a prefill).
   * Only set for models that are configured to do so.
   */
  readonly continues?: true;
  /** Names the tenant to a provider's prompt cache and abuse checks; a hash, never the tenant's own name. */
  readonly cacheScope?: string;
  /** Known sampling fields (`temperature`, `top_p`, `stop`, `seed`, …), already type-checked. */
  readonly parameters: JsonObject;
};

/** Types of parts in which the providers' own dialects carry a model's thinking; read by the model that made them only. */
export const THINKING_PART_TYPES: ReadonlySet<unknown> = new Set([
  'thinking',
  'redacted_thinking',
  'reasoning',
  'reasoning.text',
  'reasoning.summary',
  'reasoning.encrypted',
]);

/** The text of a message's text parts, joined by newlines. */
export function textOf(content: readonly ContentPart[]): string {
  if (content.length === 1 && content[0]?.type === 'text') return content[0].text;
  return content
    .filter((part): part is TextPart => part.type === 'text')
    .map((part) => part.text)
    .join('\n');
}
