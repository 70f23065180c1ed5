// Token counts of one generation. Counts come from the upstream; `estimated` marks ours,
// made when the upstream was cut or never told.

import type { ProducedUnits } from './produced-units.ts';

export type Usage = {
  readonly input_tokens: number;
  readonly output_tokens: number;
  /** Part of `input_tokens` that the upstream served from its prompt cache. */
  readonly cached_tokens: number;
  /** Part of `output_tokens` spent on reasoning. */
  readonly reasoning_tokens: number;
  readonly estimated: boolean;
};

export const NO_USAGE: Usage = {
  input_tokens: 0,
  output_tokens: 0,
  cached_tokens: 0,
  reasoning_tokens: 0,
  estimated: true,
};

/** English prose has about four characters a token; used only when the upstream was cut or never told. */
const CHARACTERS_PER_TOKEN = 4;

/** What a call used by our own count: its estimated input, and the UTF-16 units that it produced. */
export function estimatedUsage(inputTokens: number, produced: ProducedUnits): Usage {
  return {
    input_tokens: inputTokens,
    output_tokens: Math.ceil(produced.units / CHARACTERS_PER_TOKEN),
    cached_tokens: 0,
    reasoning_tokens: Math.ceil(produced.reasoningUnits / CHARACTERS_PER_TOKEN),
    estimated: true,
  };
}

/** The sum of two calls; estimated as soon as one of them is. */
export function addUsage(left: Usage, right: Usage): Usage {
  return {
    input_tokens: left.input_tokens + right.input_tokens,
    output_tokens: left.output_tokens + right.output_tokens,
    cached_tokens: left.cached_tokens + right.cached_tokens,
    reasoning_tokens: left.reasoning_tokens + right.reasoning_tokens,
    estimated: left.estimated || right.estimated,
  };
}
