// Token counts of one message. The start tells the input, the end tells the output and may correct the input.
// Invariant: no total without both, for the output that the start names is only what was there at that moment.

import type { JsonObject } from '../../protocol/json.ts';
import type { Usage } from '../../protocol/usage.ts';
import { countField, objectField } from '../json-fields.ts';

export class UsageCount {
  #start: JsonObject = {};
  #end: JsonObject = {};

  begin(usage: JsonObject | null): void {
    this.#start = usage ?? {};
  }

  /** Counts are totals: the last event holds. */
  end(usage: JsonObject | null): void {
    this.#end = usage ?? this.#end;
  }

  total(): Usage | null {
    const fresh = this.#input('input_tokens');
    const output = countField(this.#end, 'output_tokens');
    if (fresh === null || output === null) return null;
    const cached = this.#input('cache_read_input_tokens') ?? 0;
    const details = objectField(this.#end, 'output_tokens_details') ?? {};
    return {
      // Anthropic counts the input beside its cache; everywhere else the cached tokens are a part of it.
      input_tokens: fresh + cached + (this.#input('cache_creation_input_tokens') ?? 0),
      output_tokens: output,
      cached_tokens: cached,
      reasoning_tokens: countField(details, 'thinking_tokens') ?? 0,
      estimated: false,
    };
  }

  #input(name: string): number | null {
    return countField(this.#end, name) ?? countField(this.#start, name);
  }
}
