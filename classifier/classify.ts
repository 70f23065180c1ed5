// The routing decision's probability: how likely the edge tier's answer is good enough, and what speaks for and against.
// Only the person's own words count. The last turn is scored; earlier ones are a light prior, except that a bare
// "yes, do it" inherits the task it approves. Deterministic; it decides no tier (see threshold.ts) and never throws.

import { CATEGORIES } from './categories.ts';
import type { Model } from './model.ts';
import { scoreText } from './score.ts';
import type { TextScan } from './text-scan.ts';
import { userText } from './user-text.ts';

/** `weight`: signed contribution to the logit of P(edge is good enough); positive speaks for the edge. */
export type Signal = { readonly name: string; readonly weight: number };

/** `probability` in [0, 1], calibrated on the training mix; `signals` sorted by size, largest first, at most eight. */
export type Classification = { readonly probability: number; readonly signals: readonly Signal[] };

const MAX_SIGNALS = 8;

/** Below this a share of the logit moves the probability by less than a thousandth: noise, not a reason. */
const LEAST_WEIGHT = 0.004;

/** How much of the earlier task a turn takes over. Light for a new question, most of it for an approval. */
const PRIOR_SHARE = { question: 0.1, approval: 0.8 } as const;

/** How far back the task may lie: approvals of approvals are rare, and each look costs a scan. */
const MAX_TURNS_BACK = 4;

/** An approval is short, and mostly made of words such as "yes", "go on", "do it". */
const APPROVAL_MAX_WORDS = 10;

const CONTINUATION = CATEGORIES.indexOf('continuation');
const GREETING = CATEGORIES.indexOf('greeting');

/** @param userTurns what the user wrote, oldest first; the last one is scored. Blank turns and `[]` are allowed. */
export function classify(model: Model, userTurns: readonly string[]): Classification {
  const own = scoreText(model, userText(userTurns.at(-1) ?? ''));
  const weights = signalWeights(model);
  const share = isApproval(model.scan) ? PRIOR_SHARE.approval : PRIOR_SHARE.question;
  const earlier = earlierLogit(model, userTurns);
  const prior = earlier === undefined ? 0 : share * (earlier - own);
  return { probability: sigmoid(own + prior), signals: strongest(model.signalNames, weights, prior) };
}

/** Whether the text just scanned approves or continues something instead of asking for it. */
function isApproval(scan: TextScan): boolean {
  const words = scan.words;
  if (words === 0 || words > APPROVAL_MAX_WORDS) return false;
  const continuing = scan.categoryCounts[CONTINUATION] ?? 0;
  return continuing > 0 && 2 * (continuing + (scan.categoryCounts[GREETING] ?? 0)) >= words;
}

function earlierLogit(model: Model, userTurns: readonly string[]): number | undefined {
  const oldest = Math.max(0, userTurns.length - 1 - MAX_TURNS_BACK);
  for (let turn = userTurns.length - 2; turn >= oldest; turn -= 1) {
    const text = userText(userTurns[turn] ?? '');
    if (text === '') continue;
    const logit = scoreText(model, text);
    if (!isApproval(model.scan)) return logit;
  }
  return undefined;
}

function signalWeights(model: Model): Float64Array {
  const weights = new Float64Array(model.signalNames.length);
  model.contributions.forEach((share, feature) => {
    const signal = model.signalOf[feature] ?? 0;
    weights[signal] = (weights[signal] ?? 0) + share;
  });
  return weights;
}

function strongest(names: readonly string[], weights: Float64Array, prior: number): readonly Signal[] {
  const signals: Signal[] = [];
  const add = (name: string, weight: number): void => {
    if (Math.abs(weight) >= LEAST_WEIGHT) signals.push({ name, weight });
  };
  names.forEach((name, index) => add(name, weights[index] ?? 0));
  add('earlier turns', prior);
  return signals.sort((left, right) => Math.abs(right.weight) - Math.abs(left.weight)).slice(0, MAX_SIGNALS);
}

function sigmoid(logit: number): number {
  return 1 / (1 + Math.exp(-logit));
}
