// Stage directions for the stand-ins, written into a request by whoever plays traffic: `standin:` and a list of
// `name=value` or `name=value:<tier or model>` in a stop sequence. Stop sequences reach every upstream unchanged, weigh
// nothing in routing, and mean nothing to a real model, because no answer has such words. Unknown directions are ignored;
// of several that fit, the last one holds.

import type { JsonObject, JsonValue } from '../../protocol/json.ts';
import type { Pace } from './paced-stream.ts';
import type { ScriptedQuestion } from './scripted-question.ts';

export type Speaker = { readonly tier: 'edge' | 'cloud'; readonly model: string };

/**
 * `cut`: the connection breaks after so many tokens, of an answer's first call only, so that another can go on with it;
 * `empty`: a clean end without a word.
 */
export type DirectedFailure =
  | { readonly type: 'refused' | 'empty' }
  | { readonly type: 'status'; readonly status: number }
  | { readonly type: 'cut'; readonly afterTokens: number };

export type Directions = {
  readonly firstMs: number | null;
  readonly gapMs: number | null;
  /** The answer is made at least this long. */
  readonly tokens: number;
  /** Tokens of thinking before the answer. */
  readonly thinking: number;
  /** The answer begins as a model's that will not help. */
  readonly isRefusal: boolean;
  readonly failure: DirectedFailure | null;
};

const PREFIX = 'standin:';
const MS_PER_SECOND = 1000;

/** Nobody waits longer than this for a stand-in, and the product's own limits are shorter. */
const MAX_FIRST_MS = 120_000;
const MAX_TOKENS = 4_000;

export const UNDIRECTED: Directions = {
  firstMs: null,
  gapMs: null,
  tokens: 0,
  thinking: 0,
  isRefusal: false,
  failure: null,
};

export function directionsFor(
  { stop }: JsonObject,
  { lastWords }: Pick<ScriptedQuestion, 'lastWords'>,
  speaker: Speaker,
): Directions {
  const values = directedValues(stop, speaker);
  const failure = failureOf(values.get('fail') ?? '');
  const isSpared = failure?.type === 'cut' && lastWords !== null;
  const number = (name: string, max: number): number | null => {
    const value = Number(values.get(name) ?? Number.NaN);
    return Number.isFinite(value) && value >= 0 ? Math.min(value, max) : null;
  };
  const tokensPerSecond = number('tokens_per_s', MS_PER_SECOND);
  return {
    firstMs: number('first_token_ms', MAX_FIRST_MS),
    gapMs: tokensPerSecond === null || tokensPerSecond === 0 ? null : MS_PER_SECOND / tokensPerSecond,
    tokens: number('tokens', MAX_TOKENS) ?? 0,
    thinking: number('thinking', MAX_TOKENS) ?? 0,
    isRefusal: values.get('answer') === 'refusal',
    failure: isSpared ? null : failure,
  };
}

/** The pace that is usual for a stand-in, where nothing else is directed. */
export function directedPace(usual: Pace, { firstMs, gapMs }: Directions): Pace {
  return { firstMs: firstMs ?? usual.firstMs, gapMs: gapMs ?? usual.gapMs };
}

function directedValues(stop: JsonValue | undefined, { tier, model }: Speaker): ReadonlyMap<string, string> {
  const values = new Map<string, string>();
  const texts = (Array.isArray(stop) ? stop : [stop]).filter((text) => typeof text === 'string');
  for (const text of texts.filter((known) => known.startsWith(PREFIX))) {
    for (const direction of text.slice(PREFIX.length).split(',')) {
      const [, name, value, scope] = /^(\w+)=([^:]*)(?::(.+))?$/.exec(direction.trim()) ?? [];
      const isMeant = scope === undefined || scope === tier || scope === model;
      if (name !== undefined && value !== undefined && isMeant) values.set(name, value);
    }
  }
  return values;
}

function failureOf(value: string): DirectedFailure | null {
  if (value === 'refused' || value === 'empty') return { type: value };
  const afterTokens = /^cut@(\d+)$/.exec(value)?.[1];
  if (afterTokens !== undefined) return { type: 'cut', afterTokens: Number(afterTokens) };
  return /^[45]\d\d$/.test(value) ? { type: 'status', status: Number(value) } : null;
}
