// The routing decision's probability: how likely the edge tier's answer is good enough, and what speaks for and against.
// Only the person's own words count. The last turn is scored; earlier ones are a light prior, except that a bare
// "yes, do it" inherits the task it approves. Deterministic; it decides no tier (see threshold.ts) and never throws.

import { calibrated } from './calibration-curve.ts';
import { CATEGORIES } from './categories.ts';
import type { Model } from './model.ts';
import { expectedGain, scoreText } from './score.ts';
import { featureSignals, strongest, type Signal } from './signals.ts';
import type { TextScan } from './text-scan.ts';
import { caution, isUnfamiliar } from './unfamiliar.ts';
import { userText } from './user-text.ts';
import { wordingHashes } from './wording-hashes.ts';

export type Classification = {
  /** P(the edge tier's answer is good enough), in [0, 1], calibrated on the training mix; the sigmoid of `logit`. */
  readonly probability: number;
  /** The model's intercept plus all `signals`. */
  readonly logit: number;
  /** Expected score of the strong model's answer minus the edge's, in [0, 1]: for cost reports, not for the route. */
  readonly gain: number;
  /** At most eight, largest first; the last resort sums up what is not named, so they add up exactly. */
  readonly signals: readonly Signal[];
  /** Nothing like it was trained on, so the probability is held on the cautious side. */
  readonly outOfDomain: boolean;
  /** 32-bit hashes of the strongest wording, strongest first, at most 16; no text. */
  readonly features: readonly number[];
};

/** How much of the earlier task a turn takes over. Light for a new question, most of it for an approval. */
const PRIOR_SHARE = { question: 0.1, approval: 0.8 } as const;

/** How far back the task may lie: approvals of approvals are rare, and each look costs a scan. */
const MAX_TURNS_BACK = 4;

/** An approval is short, and mostly made of words such as "yes", "go on", "do it". */
const APPROVAL_MAX_WORDS = 10;

const CONTINUATION = CATEGORIES.indexOf('continuation');
const GREETING = CATEGORIES.indexOf('greeting');

/** `bend`: what the calibration curve added to the model's sum. */
type Scored = { readonly logit: number; readonly bend: number; readonly gain: number };

/** @param userTurns what the user wrote, oldest first; the last one is scored. Blank turns and `[]` are allowed. */
export function classify(model: Model, userTurns: readonly string[]): Classification {
  const own = scoreOwn(model, userText(userTurns.at(-1) ?? ''));
  const outOfDomain = isUnfamiliar(model);
  const guard = caution(model, own.logit);
  const shares = featureSignals(model);
  const features = wordingHashes(model);
  const share = isApproval(model.scan) ? PRIOR_SHARE.approval : PRIOR_SHARE.question;
  const earlier = earlierTask(model, userTurns);
  const guarded = own.logit + guard;
  const prior = earlier === undefined ? 0 : share * (earlier.logit - guarded);
  const logit = guarded + prior;
  return {
    probability: sigmoid(logit),
    logit,
    gain: earlier === undefined ? own.gain : own.gain + share * (earlier.gain - own.gain),
    signals: strongest([
      ...shares,
      { name: 'calibration', weight: own.bend },
      { name: 'unfamiliar text', weight: guard },
      { name: 'earlier turns', weight: prior },
    ]),
    outOfDomain,
    features,
  };
}

function scoreOwn(model: Model, text: string): Scored {
  const sum = scoreText(model, text);
  const logit = calibrated(model.curve, sum);
  return { logit, bend: logit - sum, gain: expectedGain(model) };
}

/** Whether the text just scanned approves or continues something instead of asking for it. */
function isApproval(scan: TextScan): boolean {
  const words = scan.words;
  if (words === 0 || words > APPROVAL_MAX_WORDS) return false;
  const continuing = scan.categoryCounts[CONTINUATION] ?? 0;
  return continuing > 0 && 2 * (continuing + (scan.categoryCounts[GREETING] ?? 0)) >= words;
}

function earlierTask(model: Model, userTurns: readonly string[]): Pick<Scored, 'logit' | 'gain'> | undefined {
  const oldest = Math.max(0, userTurns.length - 1 - MAX_TURNS_BACK);
  for (let turn = userTurns.length - 2; turn >= oldest; turn -= 1) {
    const text = userText(userTurns[turn] ?? '');
    if (text === '') continue;
    const { logit, gain } = scoreOwn(model, text);
    if (!isApproval(model.scan)) return { logit: logit + caution(model, logit), gain };
  }
  return undefined;
}

function sigmoid(logit: number): number {
  return 1 / (1 + Math.exp(-logit));
}
