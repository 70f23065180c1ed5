// How servers that speak OpenAI's chat completions deviate from it, each by its own documentation.
// A field is only dropped when the answer is still one to the request; what would change it is refused by `lacks`.

import type { ChatRequest } from '../../protocol/chat-request.ts';
import type { JsonObject } from '../../protocol/json.ts';
import type { ThinkingField } from './kept-thinking.ts';

export type Flavour = {
  /** Fields of the body that the server refuses or does not know. */
  readonly drops?: readonly string[];
  /** Fields that it knows by another name. */
  readonly renames?: Readonly<Record<string, string>>;
  /** Users have no `name`. */
  readonly dropsNames?: true;
  /** Ids of tool calls have nine characters. */
  readonly shortIds?: true;
  /** The last message says by `prefix` that it is to be gone on with. */
  readonly marksPrefix?: true;
  /** Fields that say the same in the body. */
  readonly continuation?: JsonObject;
  /** The field that keeps the prompt caches of tenants apart. */
  readonly scopeField?: string;
  /** Models may think inside the text. */
  readonly splitsThinking?: true;
  /** Where it takes the thinking of earlier turns back. */
  readonly thinkingField?: ThinkingField;
  readonly lacks?: (request: ChatRequest) => string | null;
};

const FLAVOURS: Readonly<Record<string, Flavour>> = {
  ollama: { splitsThinking: true, lacks: lacksLinkedImages },
  vllm: {
    splitsThinking: true,
    scopeField: 'cache_salt',
    continuation: { continue_final_message: true, add_generation_prompt: false },
  },
  // It refuses to go on with an answer while the model's template lets it think.
  'llama.cpp': { splitsThinking: true, continuation: { chat_template_kwargs: { enable_thinking: false } } },
  openrouter: { thinkingField: 'reasoning_details', scopeField: 'user' },
  groq: { splitsThinking: true, dropsNames: true, drops: ['logit_bias', 'verbosity', 'prediction'] },
  deepseek: {
    thinkingField: 'reasoning_content',
    marksPrefix: true,
    drops: ['seed', 'logit_bias', 'parallel_tool_calls', 'verbosity', 'prediction'],
    lacks: lacksSchemas,
  },
  mistral: {
    marksPrefix: true,
    shortIds: true,
    dropsNames: true,
    scopeField: 'prompt_cache_key',
    drops: ['stream_options', 'logit_bias', 'verbosity'],
    renames: { seed: 'random_seed' },
  },
  xai: {
    drops: ['presence_penalty', 'frequency_penalty', 'logit_bias', 'verbosity', 'prediction'],
    lacks: lacksStops,
  },
};

export const FLAVOUR_NAMES: readonly string[] = Object.keys(FLAVOURS);

/** `name`: null, or one of the names above; the configuration is checked against them. */
export function flavourNamed(name: string | null): Flavour {
  return (name === null ? undefined : FLAVOURS[name]) ?? {};
}

function lacksLinkedImages({ messages }: ChatRequest): string | null {
  const links = messages.some(({ content }) =>
    content.some((part) => part.type === 'image' && !part.url.startsWith('data:')),
  );
  return links ? 'images by link, only as data: URLs' : null;
}

function lacksSchemas({ responseFormat }: ChatRequest): string | null {
  return responseFormat?.['type'] === 'json_schema' ? 'a JSON schema, only {"type":"json_object"}' : null;
}

function lacksStops({ parameters }: ChatRequest): string | null {
  return parameters['stop'] === undefined ? null : 'stop sequences';
}
