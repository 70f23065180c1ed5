// How the upstreams fare while a request is answered, as stage directions for the local stand-ins: latencies, faults,
// thinking, and a short outage of one tier every few minutes. Real models get the text too, as a stop sequence that
// no answer has, and follow their own weather.

import type { Random } from '../../classifier/train/seeded-random.ts';
import { drawBetween, drawByShare, drawLogNormal } from './draws.ts';
import type { PromptKind } from './prompts.ts';

type Pace = {
  /** A tier, or an upstream's own name for a model, which then holds for that one. */
  readonly scope: string;
  readonly firstMs: number;
  readonly tokensPerSecond: number;
};

/** Medians. */
const PACES: readonly Pace[] = [
  { scope: 'edge', firstMs: 150, tokensPerSecond: 75 },
  { scope: '@cf/meta/llama-3.1-8b-instruct-fp8-fast', firstMs: 210, tokensPerSecond: 60 },
  { scope: '@cf/zai-org/glm-4.7-flash', firstMs: 330, tokensPerSecond: 50 },
  { scope: 'cloud', firstMs: 620, tokensPerSecond: 55 },
];
const FIRST_SPREAD = 0.45;
const PACE_SPREAD = 0.2;

/** A queue at the provider: rare, and much longer than the spread would make it. */
const SLOW_SHARE = 0.02;
const SLOW_FACTOR = 6;

const LENGTH_SPREAD = 0.45;

/** Of all requests; where an answer is cut is drawn. Of the cloud there is often one model only, and nobody to help it. */
const FAULTS = [
  { share: 0.014, fail: '500', scope: ':edge' },
  { share: 0.01, fail: '429', scope: ':edge' },
  { share: 0.005, fail: 'empty', scope: ':edge' },
  { share: 0.012, fail: 'cut', scope: ':edge' },
  { share: 0.012, fail: 'cut', scope: ':cloud' },
  { share: 0.0015, fail: '503', scope: ':cloud' },
  { share: 0.0015, fail: '429', scope: ':cloud' },
  { share: 0.001, fail: '500', scope: '' },
] as const;

const CUT_LOW = 8;
const CUT_HIGH = 45;

/** One outage in each slot, of the tiers in turn: 5 % of the time. */
export const OUTAGE_SLOT_MS = 180_000;
const OUTAGE_START_MS = 40_000;

/** Long enough for a breaker to open and to try in vain; that of the cloud is shorter, because its answers fail. */
const OUTAGES = [
  { fail: 'fail=500:edge', lengthMs: 12_000 },
  { fail: 'fail=503:cloud', lengthMs: 6_000 },
] as const;

const THINKING_SHARE = 0.3;
const MAX_THINKING = 60;

/** Of answers of the edge to what is not easy: they say that they cannot help. */
const REFUSAL_SHARE = 0.06;

export function drawDirections(kind: PromptKind, atMs: number, random: Random): string {
  const tokens = Math.round(drawLogNormal(kind.tokens, LENGTH_SPREAD, random));
  const directions = [...PACES.flatMap((pace) => drawPace(pace, random)), `tokens=${tokens}`];
  const isHard = kind.difficulty === 'hard';
  if (isHard && random() < THINKING_SHARE)
    directions.push(`thinking=${drawBetween(10, MAX_THINKING, random)}:cloud`);
  if (kind.difficulty !== 'easy' && random() < REFUSAL_SHARE) directions.push('answer=refusal:edge');
  const fault = outageAt(atMs) ?? drawFault(random);
  if (fault !== null) directions.push(fault);
  return `standin:${directions.join(',')}`;
}

/** For requests that must be the same every time, or no kept answer would fit them. */
export function steadyDirections(tokens: number): string {
  const paces = PACES.flatMap(({ scope, firstMs, tokensPerSecond }) => [
    `first_token_ms=${firstMs}:${scope}`,
    `tokens_per_s=${tokensPerSecond}:${scope}`,
  ]);
  return `standin:${[...paces, `tokens=${tokens}`].join(',')}`;
}

export function outageAt(atMs: number): string | null {
  const intoMs = (atMs % OUTAGE_SLOT_MS) - OUTAGE_START_MS;
  const outage = OUTAGES[Math.floor(atMs / OUTAGE_SLOT_MS) % OUTAGES.length];
  return outage !== undefined && intoMs >= 0 && intoMs < outage.lengthMs ? outage.fail : null;
}

function drawPace({ scope, firstMs, tokensPerSecond }: Pace, random: Random): readonly string[] {
  const slow = random() < SLOW_SHARE ? SLOW_FACTOR : 1;
  const first = Math.round(drawLogNormal(firstMs * slow, FIRST_SPREAD, random));
  const pace = drawLogNormal(tokensPerSecond, PACE_SPREAD, random).toFixed(1);
  return [`first_token_ms=${first}:${scope}`, `tokens_per_s=${pace}:${scope}`];
}

function drawFault(random: Random): string | null {
  const fault = drawByShare(FAULTS, random);
  if (fault === null) return null;
  const { fail, scope } = fault;
  return fail === 'cut'
    ? `fail=cut@${drawBetween(CUT_LOW, CUT_HIGH, random)}${scope}`
    : `fail=${fail}${scope}`;
}
