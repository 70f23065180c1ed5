// Breakpoints of Anthropic's prompt cache: what stands up to one is read from the cache when it comes again.
// Three of the four that are allowed: the last tool, the last system block, the last user turn.

import type { JsonObject, JsonValue } from '../../protocol/json.ts';
import type { Conversation, Turn } from './to-turns.ts';

type Marked = Conversation & { readonly tools: readonly JsonObject[] };

/** UTF-16 units: some 1,024 tokens, the least that any model caches. Below that, writing costs and saves nothing. */
const MIN_UNITS = 4096;

/** A first question may stay the only one, and writing costs a quarter more than reading afresh. */
const MIN_TURNS = 3;

export function markCacheable(tools: readonly JsonObject[], { system, turns }: Conversation): Marked {
  const fixed = [...tools, ...system];
  const isFixedLong = isLong(fixed);
  const isTurnsLong = turns.length >= MIN_TURNS && isLong([...fixed, ...turns]);
  return {
    tools: isFixedLong ? marked(tools) : tools,
    system: isFixedLong ? marked(system) : system,
    turns: isTurnsLong ? markedTurns(turns) : turns,
  };
}

/** Stops counting where it is long enough: a history may hold megabytes of images. */
function isLong(values: readonly JsonValue[]): boolean {
  let units = 0;
  for (const value of values) {
    units += JSON.stringify(value).length;
    if (units >= MIN_UNITS) return true;
  }
  return false;
}

function markedTurns(turns: readonly Turn[]): readonly Turn[] {
  const last = turns.findLastIndex(({ role }) => role === 'user');
  return turns.map((turn, at) => (at === last ? { ...turn, content: marked(turn.content) } : turn));
}

function marked(blocks: readonly JsonObject[]): readonly JsonObject[] {
  const last = blocks.length - 1;
  return blocks.map((block, at) =>
    at === last ? { ...block, cache_control: { type: 'ephemeral' } } : block,
  );
}
