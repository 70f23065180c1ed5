// Whether a candidate may replace the policy in force: only when the log can speak of it, and the whole 95 % interval of
// the difference in value is at or above zero. The margin is zero: "hardly worse" is worse. A refusal says why, and how
// much more of a log would be needed when more could help.

import type { Evaluation } from './off-policy.ts';
import type { Action } from './trials.ts';

export type Verdict =
  | { readonly type: 'promote'; readonly sentence: string }
  | {
      readonly type: 'refuse';
      readonly reason:
        | 'no_trials'
        | 'no_difference'
        | 'no_support'
        | 'too_few_labels'
        | 'worse'
        | 'uncertain';
      readonly sentence: string;
      /** How many more decisions, logged like these, would probably settle it; null = more would not help. */
      readonly moreDecisions: number | null;
    };

/** With fewer, resampling the few that there are gives an interval that is too narrow. */
const LEAST_KNOWN = 20;

const ACTION_NAME: Readonly<Record<Action, string>> = {
  edge: 'the edge',
  cloud: 'the cloud',
  check: 'a checked edge draft',
};

export function judgePromotion(evaluation: Evaluation): Verdict {
  const { trials, support, estimates } = evaluation;
  if (trials === 0) {
    return refused(
      'no_trials',
      'The log left nothing to chance: set routing.exploration above 0 and log again.',
    );
  }
  if (support.differing === 0) {
    return refused(
      'no_difference',
      'The candidate decides every logged request as the policy in force does.',
    );
  }
  const gap = missingSupport(evaluation);
  if (gap !== null) return gap;
  const { value, low, high } = estimates.dr.difference.value;
  if (low >= 0) {
    return {
      type: 'promote',
      sentence: `The candidate gains ${figure(value)} (95 % ${figure(low)} to ${figure(high)}).`,
    };
  }
  const range = `${figure(value)} (95 % ${figure(low)} to ${figure(high)})`;
  if (value <= 0) return refused('worse', `The candidate seems to lose: ${range}.`);
  // An interval shrinks with the root of the sample.
  const needed = ((value - low) / value) ** 2;
  return refused('uncertain', `A gain is likely but a loss is not excluded: ${range}.`, more(trials, needed));
}

function missingSupport({ trials, support }: Evaluation): Verdict | null {
  for (const { action, moved, taken, known } of support.actions) {
    const where = `${moved} requests would go to ${ACTION_NAME[action]} that did not`;
    if (taken === 0) {
      return refused('no_support', `${where}, and the log never sent one like them there: explore longer.`);
    }
    if (known < LEAST_KNOWN) {
      const sentence = `${where}; of ${known} like them the answer there was judged, and ${LEAST_KNOWN} are the least.`;
      return refused('too_few_labels', sentence, more(trials, LEAST_KNOWN / Math.max(1, known)));
    }
  }
  return null;
}

function refused(
  reason: Extract<Verdict, { type: 'refuse' }>['reason'],
  sentence: string,
  moreDecisions: number | null = null,
): Verdict {
  return { type: 'refuse', reason, sentence, moreDecisions };
}

/** @param needed - how many times the log */
function more(trials: number, needed: number): number {
  return Math.ceil(trials * Math.max(0, needed - 1));
}

function figure(value: number): string {
  return `${value < 0 ? '−' : '+'}${Math.abs(value).toFixed(4)}`;
}
