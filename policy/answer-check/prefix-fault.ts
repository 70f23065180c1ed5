// The faults that show in the beginning of a draft, tried in the order of how sure they are.

import type { DraftFault } from '../../protocol/answer-check.ts';
import { clausesOf, openingOf } from './opening.ts';
import { doubt, type Phrases, refusal } from './opening-phrases.ts';
import type { QuestionTraits } from './question-traits.ts';
import { isLoop } from './repetition.ts';
import { isInWrongLanguage } from './wrong-language.ts';

export type Beginning = {
  /** What a user would read, thoughts taken off. */
  readonly text: string;
  /** Nothing more is coming. */
  readonly isComplete: boolean;
  readonly logprobs: readonly number[] | null;
};

/**
 * Confidence is judged on as many tokens as come within the hold. The mean is a perplexity of about four and a half:
 * choosing blindly among four or five words at every step. Sure texts have one below two.
 */
const CONFIDENCE = { leastTokens: 16, mostTokens: 64, leastMean: -1.5 } as const;

export function prefixFault(traits: QuestionTraits, beginning: Beginning): DraftFault | null {
  const { text, isComplete, logprobs } = beginning;
  if (!traits.wantsOthersWords) {
    const { sentences, mainCount } = openingOf(text, isComplete);
    if (says(refusal(), sentences)) return 'refusal';
    if (says(doubt(), sentences.slice(0, mainCount))) return 'hedging';
  }
  if (isInWrongLanguage(traits, text)) return 'wrong_language';
  if (!traits.wantsRepetition && isLoop(text)) return 'repetition';
  return logprobs !== null && isUnsure(logprobs) ? 'low_confidence' : null;
}

function says({ atClause, anywhere }: Phrases, sentences: readonly string[]): boolean {
  return sentences.some(
    (sentence) => anywhere.test(sentence) || clausesOf(sentence).some((clause) => atClause.test(clause)),
  );
}

function isUnsure(logprobs: readonly number[]): boolean {
  const first = logprobs.slice(0, CONFIDENCE.mostTokens);
  if (first.length < CONFIDENCE.leastTokens) return false;
  return first.reduce((sum, logprob) => sum + logprob, 0) < CONFIDENCE.leastMean * first.length;
}
